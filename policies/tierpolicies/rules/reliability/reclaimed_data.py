"""Data that is kept from being pruned goes with its claim.

## What it does
Reports claims and StatefulSets that are protected against deletion (Argo CD's Prune or Delete with
`confirm` or `false`, Helm's `keep`) while the StorageClass of these files that their volumes come from, or
the PersistentVolume, has the reclaimPolicy Delete; a StorageClass without one has it, too.

## Why is this bad
Whoever deletes the claim after all, or its namespace, deletes the disk with it: nothing can be brought
back.

## Example
```yaml
kind: StorageClass
metadata: {name: fast}
reclaimPolicy: Delete
```

## Use instead
```yaml
kind: StorageClass
metadata: {name: fast}
reclaimPolicy: Retain
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import StorageClasses, claim_specs

_OPTIONS = "argocd.argoproj.io/sync-options"
_PROTECTING = ("Prune=confirm", "Prune=false", "Delete=confirm", "Delete=false")
_POLICY = "helm.sh/resource-policy"


@rule(
    needs=("StorageClass", "PersistentVolume"),
    severity=Severity.WARNING,
    remediation="Set the reclaimPolicy to Retain.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each class and volume whose disks go, with one of the claims that are protected."""
    classes = StorageClasses(context.index)
    told: set[int] = set()
    for owner, claim in claim_specs(context.index):
        if not _is_protected(owner):
            continue
        source = classes.source(claim)
        if source is None or id(source) in told:
            continue
        policy, default = _policy(source)
        if (policy.text or default) == "Delete":
            told.add(id(source))
            message = f"the disk of {owner.kind} {owner.name}, which is protected, goes with its claim"
            yield Fault(message, source, policy)


def _is_protected(owner: Manifest) -> bool:
    annotations = owner.view["metadata"]["annotations"]
    options = {each.strip() for each in annotations[_OPTIONS].text.split(",")}
    return bool(options & set(_PROTECTING)) or annotations[_POLICY].text == "keep"


def _policy(source: Manifest) -> tuple[View, str]:
    """Where the policy stands, and what it is where none does."""
    if source.kind == "PersistentVolume":
        return source.view["spec"]["persistentVolumeReclaimPolicy"], "Retain"
    return source.view["reclaimPolicy"], "Delete"
