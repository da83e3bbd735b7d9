"""A waiver is over.

## What it does
Reports waivers whose day of expiry has passed; they no longer waive.

## Why is this bad
The accepted risk was never looked at again.

## Example
```yaml
expires: 2025-01-31
```

## Use instead
```yaml
expires: 2026-12-31
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.waivers import faults


@rule(severity=Severity.ERROR, remediation="Mend what was waived, or decide again with a new expiry.")
def check(context: Context) -> Iterator[Fault]:
    """Reports such waivers."""
    return faults(context.waivers, "expired", today=context.today, rules=context.rules)
