"""The volumes of a StatefulSet go with it.

## What it does
Reports StatefulSets whose persistentVolumeClaimRetentionPolicy deletes the claims when the StatefulSet is
deleted or scaled down.

## Why is this bad
A StatefulSet is deleted and made anew to change what cannot be changed in place, and is scaled down by a
slip of the hand: the data is gone with it.

## Example
```yaml
persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete}
```

## Use instead
```yaml
persistentVolumeClaimRetentionPolicy: {whenDeleted: Retain, whenScaled: Retain}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule

_WHEN = {"whenDeleted": "when the StatefulSet is deleted", "whenScaled": "when it is scaled down"}


@rule(
    each=Manifest,
    kinds=("StatefulSet",),
    severity=Severity.WARNING,
    remediation="Retain the claims.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each way in which the claims go."""
    policy = manifest.view["spec"]["persistentVolumeClaimRetentionPolicy"]
    for key, when in _WHEN.items():
        if policy[key].text == "Delete":
            fix = Fix(value="Retain", pointer=policy[key].pointer)
            yield Fault(f"the volumes go {when}", manifest, policy[key], fix=fix)
