"""A sync waits for a claim that waits for the next wave.

## What it does
Finds PersistentVolumeClaims in an earlier sync wave than the first pods that mount them, of a StorageClass of
the tree that binds when the first pod comes (`WaitForFirstConsumer`).

## Why is this bad
Argo CD goes on when the claim is healthy, which is when it is bound; it is bound when a pod comes; and the
pod is in a later wave. The sync never ends.

## Example
```yaml
kind: PersistentVolumeClaim
metadata: {name: data, annotations: {argocd.argoproj.io/sync-wave: "-1"}}   # the Deployment is in wave 0
```

## Use instead
```yaml
kind: PersistentVolumeClaim
metadata: {name: data}
```
"""

from collections.abc import Iterator

from tierpolicies.delivery.sync_annotations import WAVE, annotation, turn
from tierpolicies.engine.applications import Owners, Sources
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import claims

_DEFAULT = "storageclass.kubernetes.io/is-default-class"


@rule(
    severity=Severity.ERROR,
    remediation="Put the claim into the wave of the pods that mount it.",
    needs=("PersistentVolumeClaim",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each claim that comes too early."""
    late = _late_classes(context)
    users: dict[int, list[str]] = {}
    for workload in context.index.workloads if late else ():
        own = turn(workload.manifest)
        for claim in claims(context.index, workload):
            wanted = claim.manifest.view.at("spec", "storageClassName").text
            first = turn(claim.manifest)
            if wanted in late and first is not None and own is not None:
                told = (
                    f"{own} of the {workload.manifest.kind} {workload.manifest.name}" if own > first else ""
                )
                users.setdefault(id(claim.manifest), []).append(told)
    owners = Owners(Sources(context.tree, is_whole=context.platform is not None)) if users else None
    for manifest in context.index.of_kind("PersistentVolumeClaim"):
        told_by = users.get(id(manifest), [])
        if told_by and all(told_by) and (annotation(manifest, WAVE) or (owners and owners.of(manifest.file))):
            message = f"{turn(manifest)} waits for the claim, and the claim waits for {told_by[0]}"
            yield Fault(message, manifest, annotation(manifest, WAVE))


def _late_classes(context: Context) -> set[str]:
    """The classes that bind when a pod comes; an empty name is the default one."""
    found: set[str] = set()
    for each in context.index.of_kind("StorageClass"):
        if each.view["volumeBindingMode"].text == "WaitForFirstConsumer":
            found.add(each.name)
            if annotation(each, _DEFAULT).text == "true":
                found.add("")
    return found
