"""A number lies outside the range of its field.

## What it does
Checks ports, counts, percentages, seconds, weights, priorities, file modes and sizes of lists against
what an API server accepts.

## Why is this bad
The API server refuses the object.

## Example
```yaml
topologySpreadConstraints:
  - {maxSkew: 0, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}
```

## Use instead
```yaml
topologySpreadConstraints:
  - {maxSkew: 1, topologyKey: zone, whenUnsatisfiable: DoNotSchedule, labelSelector: {}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write a number within the range.",
    known_as=("kube-score:pod-topology-spread-constraints", "kube-linter:invalid-target-ports"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each number out of range."""
    return context.verdicts.of("ranges")
