"""The nodes cost more than the owner's budget.

## What it does
Compares nodes at the owner's own prices, and what he pays beside them, with the monthly budget. The
whole bill by a dated price table stands beside it in the report.

## Why is this bad
The platform cannot be paid.

## Example
```yaml
budget: {usd_month: 150}   # four nodes of $30 and $60 are $180
```

## Use instead
```yaml
budget: {usd_month: 185}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.money.bill import owner_cost
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

_CENT = 0.005


@rule(
    needs=(PLATFORM,), severity=Severity.ERROR, remediation="Use fewer or smaller nodes, or raise the budget."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports a budget that is exceeded."""
    platform = context.platform
    if platform is None or platform.budget is None:
        return
    budget, cost = platform.budget, owner_cost(platform)
    subject = Subject("", "Platform", "", platform.name)
    if cost is None:
        missing = ", ".join(pool.name for pool in platform.pools if pool.usd_month is None)
        message = f"the price of a node is not known in {missing}: give it beside the budget"
        yield Fault(message, subject=subject, source=budget.source)
    elif cost > budget.usd_month + _CENT:
        nodes = " + ".join(f"{pool.nodes} x ${pool.usd_month:g} {pool.name}" for pool in platform.pools)
        extras = "".join(f" + ${usd:g} {name}" for name, usd in budget.extras.items())
        message = f"${cost:g} a month ({nodes}{extras}) exceeds ${budget.usd_month:g}"
        yield Fault(message, subject=subject, source=budget.source)
