"""A waiver is not complete, or runs too long.

## What it does
Reports waivers without owner, reason, object or expiry, those that expire more than 90 days ahead,
and those for rules that cannot be waived.

## Why is this bad
Nobody knows who accepted the risk, why, and when it is looked at again.

## Example
```yaml
waivers:
  - rule: reliability/one-failure-domain
    object: StatefulSet/messaging/rabbitmq
```

## Use instead
```yaml
waivers:
  - rule: reliability/one-failure-domain
    object: StatefulSet/messaging/rabbitmq
    owner: platform
    reason: one storage node until the second is paid for
    expires: 2026-12-31
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.waivers import faults


@rule(severity=Severity.ERROR, remediation="Give owner, reason, object and an expiry within 90 days.")
def check(context: Context) -> Iterator[Fault]:
    """Reports such waivers."""
    return faults(context.waivers, "malformed", today=context.today, rules=context.rules)
