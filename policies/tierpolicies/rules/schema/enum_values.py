"""A value is none of those that its field may have.

## What it does
Compares the values of fields with a fixed choice: image pull policies, restart policies, protocols, types
of Services, strategies and volumes, operators, effects, access modes, path types, targets of metrics and
many more, by the version of Kubernetes where it matters. The nearest value is suggested.

## Why is this bad
The API server refuses the object. The published schemas call these fields mere texts, so tools that
know nothing else let them through.

## Example
```yaml
imagePullPolicy: Allways
```

## Use instead
```yaml
imagePullPolicy: Always
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write one of the values that the field may have.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each value that is not in its list."""
    return context.verdicts.of("enum-values")
