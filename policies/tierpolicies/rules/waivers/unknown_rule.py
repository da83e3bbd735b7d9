"""A waiver names no rule.

## What it does
Reports waivers for a rule that does not exist and suggests the nearest name.

## Why is this bad
The waiver waives nothing; a renamed rule would go unnoticed.

## Example
```yaml
rule: reliability/one-failure-domian
```

## Use instead
```yaml
rule: reliability/one-failure-domain
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.waivers import faults


@rule(severity=Severity.ERROR, remediation="Name an existing rule.")
def check(context: Context) -> Iterator[Fault]:
    """Reports such waivers."""
    return faults(context.waivers, "unknown-rule", today=context.today, rules=context.rules)
