"""A pod mounts a PersistentVolumeClaim that is not there.

## What it does
Looks up the claim that each volume names in the pod's namespace: among the PersistentVolumeClaims of the
tree and those that StatefulSets make from their templates, `<template>-<StatefulSet>-<number>`. Where a
chart or an operator may make the claim nothing is said.

## Why is this bad
The pod stays Pending until somebody makes the claim.

## Example
```yaml
persistentVolumeClaim: {claimName: dta}   # beside a PersistentVolumeClaim data
```

## Use instead
```yaml
persistentVolumeClaim: {claimName: data}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.placeholders import has_placeholder
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    needs=(PODS,),
    severity=Severity.ERROR,
    remediation="Name a PersistentVolumeClaim of the pod's namespace, or add it.",
    rests_on=("PersistentVolumeClaim", "StatefulSet", *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each volume whose claim is missing."""
    templated: set[tuple[str, str]] | None = None
    for workload in context.index.workloads:
        for volume in workload.pod["volumes"]:
            name = volume.at("persistentVolumeClaim", "claimName")
            if not name.text or has_placeholder(name.text):
                continue
            if templated is None:
                templated = set(_templated(context.index))
            if not _is_there(context.index, workload.manifest, volume, templated):
                yield from _missing(context, workload.manifest, name)


def _is_there(index: Index, pod: Manifest, volume: View, templated: set[tuple[str, str]]) -> bool:
    home = pod.namespace or DEFAULT_NAMESPACE
    name = volume.at("persistentVolumeClaim", "claimName").text
    if index.find("PersistentVolumeClaim", name, home) or (home, name.rpartition("-")[0]) in templated:
        return True
    # A StatefulSet puts the claim of a template in the place of a volume of that name.
    return pod.kind == "StatefulSet" and (home, f"{volume['name'].text}-{pod.name}") in templated


def _missing(context: Context, pod: Manifest, name: View) -> Iterator[Fault]:
    home = pod.namespace or DEFAULT_NAMESPACE
    claims = context.index.of_kind("PersistentVolumeClaim")
    known = [each.name for each in claims if (each.namespace or DEFAULT_NAMESPACE) == home]
    if context.outside.lacks(home, "PersistentVolumeClaim", name.text, known):
        message = f"there is no PersistentVolumeClaim {name.text!r} in {home}{nearest(name.text, known)}"
        yield Fault(message, pod, name)


def _templated(index: Index) -> Iterator[tuple[str, str]]:
    """Where StatefulSets make claims, and how the claims begin."""
    for manifest in index.of_kind("StatefulSet"):
        for claim in manifest.view.at("spec", "volumeClaimTemplates"):
            home = manifest.namespace or DEFAULT_NAMESPACE
            yield home, f"{claim.at('metadata', 'name').text}-{manifest.name}"
