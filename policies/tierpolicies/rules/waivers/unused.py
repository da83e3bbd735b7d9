"""A waiver meets no finding.

## What it does
Reports waivers whose rule finds nothing about their object.

## Why is this bad
The reason for the waiver is gone; left in place it would hide the next finding.

## Example
```yaml
object: StatefulSet/messaging/rabbitmq   # was removed long ago
```

## Use instead
Remove the waiver.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Remove the waiver, or correct its rule and object.")
def check(context: Context) -> Iterator[Fault]:  # noqa: ARG001 (known only after all other rules)
    """Finds nothing by itself: the engine reports it once every rule has run."""
    return iter(())
