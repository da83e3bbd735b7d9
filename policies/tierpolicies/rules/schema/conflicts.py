"""Fields of an object contradict each other.

## What it does
Looks for pairs that an API server refuses: a strategy and settings of another one, a type of Service
and fields of another type, surge and unavailability both 0, an operator and values it does not take, a
privileged container that may not escalate, and the like.

## Why is this bad
The API server refuses the object.

## Example
```yaml
strategy: {type: Recreate, rollingUpdate: {maxSurge: 1}}
```

## Use instead
```yaml
strategy: {type: Recreate}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Remove one of the two, or change it so that they fit.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each contradiction."""
    return context.verdicts.of("conflicts")
