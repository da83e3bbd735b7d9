"""A volume that fills cannot grow.

## What it does
Reports StorageClasses without allowVolumeExpansion that claims of these files use. Local disks, which
cannot grow, are left out.

## Why is this bad
When the disk is full the database stops, and the way out is a new volume and a copy of all data, at night.

## Example
```yaml
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
```

## Use instead
```yaml
kind: StorageClass
metadata: {name: fast}
provisioner: ebs.csi.aws.com
allowVolumeExpansion: true
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.storage.stores import StorageClasses, claim_specs

_LOCAL = frozenset(("kubernetes.io/no-provisioner", "rancher.io/local-path", "microk8s.io/hostpath"))


@rule(needs=("StorageClass",), severity=Severity.WARNING, remediation="Set allowVolumeExpansion to true.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each class in use that cannot grow, with one of its claims."""
    classes = StorageClasses(context.index)
    told: set[int] = set()
    for owner, claim in claim_specs(context.index):
        source = classes.of(claim)
        if source is None or id(source) in told or source.view["provisioner"].text in _LOCAL:
            continue
        growing = source.view["allowVolumeExpansion"]
        if growing.value is not True:
            told.add(id(source))
            fix = Fix(value=True, pointer=growing.pointer) if growing else None
            yield Fault(f"the volume of {owner.kind} {owner.name} cannot grow", source, growing, fix=fix)
