"""A burstable node has less CPU than its pods request, but for a surcharge.

## What it does
Sums the CPU that the pods on each node at rest request, and compares it with the share that earns credits
on its instance type. Notes what the surplus would cost a month, were everything used that is requested, all
day.

## Why is this bad
Either the pods are slower than they ask to be, once the credits are spent, or the bill grows by the surplus.

## Example
```yaml
resources: {requests: {cpu: 1500m}}   # on a t3.medium, which earns credits for 400m
```

## Use instead
Requests that are used at peaks only, or an instance type that is not burstable.
"""

from collections.abc import Iterator

from tierpolicies.capacity.judged import capacity
from tierpolicies.capacity.pools import subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=(PLATFORM,), severity=Severity.NOTE, remediation="Reckon with the surplus, or use other instances."
)
def check(context: Context) -> Iterator[Fault]:
    """Notes each node whose requests spend more credits than it earns."""
    found, platform = context.once(capacity), context.platform
    if found is None or platform is None:
        return
    for each in found.credits:
        if each.balance_milli > 0:
            price = "" if each.usd_month is None else f": ${each.usd_month:,.2f} a month of surplus"
            message = (
                f"{each.node} is asked for {each.requested_milli}m CPU, and a {each.pool.instance} earns "
                f"credits for {each.baseline_milli}m; were it all used all day, {each.balance_milli}m "
                f"are paid for{price}"
            )
            about = subject(platform, each.pool)
            yield Fault(message, subject=about, source=each.pool.source, detail=each.node)
