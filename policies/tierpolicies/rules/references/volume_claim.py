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

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.outside import BRINGERS
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest


@rule(
    severity=Severity.ERROR,
    remediation="Name a PersistentVolumeClaim of the pod's namespace, or add it.",
    rests_on=("PersistentVolumeClaim", "StatefulSet", *BRINGERS),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each volume whose claim is missing."""
    templated: set[tuple[str, str]] | None = None
    for workload in context.index.workloads:
        home = workload.manifest.namespace or DEFAULT_NAMESPACE
        for volume in workload.pod["volumes"]:
            name = volume.at("persistentVolumeClaim", "claimName")
            if not name.text or context.index.find("PersistentVolumeClaim", name.text, home):
                continue
            if templated is None:
                templated = set(_templated(context.index))
            of_set = name.text.rpartition("-")[0]
            if (home, of_set) in templated or context.outside.reaches(home):
                continue
            claims = context.index.of_kind("PersistentVolumeClaim")
            known = [each.name for each in claims if (each.namespace or DEFAULT_NAMESPACE) == home]
            message = f"there is no PersistentVolumeClaim {name.text!r} in {home}{nearest(name.text, known)}"
            yield Fault(message, workload.manifest, name)


def _templated(index: Index) -> Iterator[tuple[str, str]]:
    """Where StatefulSets make claims, and how the claims begin."""
    for manifest in index.of_kind("StatefulSet"):
        for claim in manifest.view.at("spec", "volumeClaimTemplates"):
            home = manifest.namespace or DEFAULT_NAMESPACE
            yield home, f"{claim.at('metadata', 'name').text}-{manifest.name}"
