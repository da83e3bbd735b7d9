"""A quantity cannot be read.

## What it does
Reports CPU, memory, storage and other amounts that Kubernetes cannot parse, or that are negative,
wherever an object holds one: requests and limits, overhead, volumes, quotas, limit ranges, metrics.

## Why is this bad
The API server refuses the object; a sum over it would be wrong, so it counts as 0 in budgets.

## Example
```yaml
requests: {cpu: 100 m, memory: 1GB}
```

## Use instead
```yaml
requests: {cpu: 100m, memory: 1Gi}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write a quantity such as 250m, 1.5 or 1Gi.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports every quantity that is none."""
    return context.verdicts.of("quantities")
