"""Two PriorityClasses are both the default of the cluster.

## What it does
Reports every PriorityClass with globalDefault after the first. Files of different environments are not held
against each other.

## Why is this bad
The API server refuses the second, and which one that is depends on the order in which they come.

## Example
```yaml
globalDefault: true   # in two PriorityClasses
```

## Use instead
```yaml
globalDefault: false
```
"""

from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.rule import rule


@rule(needs=("PriorityClass",), severity=Severity.ERROR, remediation="Leave globalDefault to one class.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each further default."""
    defaults: list[Manifest] = []
    # By name, so that the order of the files does not decide which one is told.
    for manifest in sorted(context.index.of_kind("PriorityClass"), key=lambda each: each.name):
        at = manifest.view["globalDefault"]
        if at.value is not True:
            continue
        earlier = [each for each in defaults if not context.overlays.apart(each.file, manifest.file)]
        if earlier and earlier[0].name != manifest.name:
            message = f"{earlier[0].name} is the default already"
            yield Fault(message, manifest, at, fix=Fix(value=False, pointer=at.pointer))
        defaults.append(manifest)
