"""A pod has a RuntimeClass that is not there.

## What it does
Looks up the RuntimeClass of each pod, where the tree has RuntimeClasses.

## Why is this bad
Admission refuses every pod: the workload stays at none, and only its events say why.

## Example
```yaml
runtimeClassName: gvsior   # beside a RuntimeClass gvisor
```

## Use instead
```yaml
runtimeClassName: gvisor
```
"""

from collections.abc import Iterator

from tierpolicies.engine.cluster_names import unknown
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=("RuntimeClass",),
    severity=Severity.ERROR,
    remediation="Name one of the RuntimeClasses, or add the one that is meant.",
    rests_on=("RuntimeClass",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each pod of an unknown class."""
    names = ((each.manifest, each.pod["runtimeClassName"]) for each in context.index.workloads)
    yield from unknown(context, "RuntimeClass", names)
