"""A pod has a PriorityClass that is not there.

## What it does
Looks up the PriorityClass of each pod, where the tree has PriorityClasses. Those called `system-…`
are in every cluster.

## Why is this bad
Admission refuses every pod: the workload stays at none, and only its events say why.

## Example
```yaml
priorityClassName: hihg   # beside a PriorityClass high
```

## Use instead
```yaml
priorityClassName: high
```
"""

from collections.abc import Iterator

from tierpolicies.engine.cluster_names import unknown
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("PriorityClass",),
    severity=Severity.ERROR,
    remediation="Name one of the PriorityClasses, or add the one that is meant.",
    rests_on=("PriorityClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod of an unknown class."""
    names = ((each.manifest, each.pod["priorityClassName"]) for each in context.index.workloads)
    yield from unknown(context, "PriorityClass", names, is_given=lambda name: name.startswith("system-"))
