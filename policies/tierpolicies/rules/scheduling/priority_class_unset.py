"""A pod has no PriorityClass, and all others have one.

## What it does
Reports a workload that names no PriorityClass in a tree where every other one does, two at the least, and
no class is the default of the cluster. Where the tiers are known, placement/tier-priority says it.

## Why is this bad
It has priority 0: when room is short it waits behind all others, and is pushed out for them.

## Example
```yaml
spec: {containers: [{name: web}]}   # beside workloads with priorityClassName
```

## Use instead
```yaml
spec: {priorityClassName: web, containers: [{name: web}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_OTHERS = 3


@rule(
    needs=("Pod",),
    severity=Severity.WARNING,
    remediation="Name one of the PriorityClasses.",
    rests_on=("PriorityClass",),
    known_as=("polaris:priorityClassNotSet",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports the one without a class."""
    if context.platform is not None:
        return
    if any(each.view["globalDefault"].value is True for each in context.index.of_kind("PriorityClass")):
        return
    workloads = [each for each in context.index.workloads if not each.per_node and not each.finishes]
    without = [each for each in workloads if not each.pod["priorityClassName"].text]
    if len(without) == 1 and len(workloads) - 1 >= _OTHERS:
        (one,) = without
        message = f"no priorityClassName, and all {len(workloads) - 1} others have one"
        yield Fault(message, one.manifest, one.pod["priorityClassName"])
