"""The whole bill is more than the budget.

## What it does
Notes where the bill by the dated price table of the platform's region - nodes, root disks, volumes, load
balancers and what the owner pays beside them - is more than the monthly budget, with region and date. What
the table has no price for is not in it.

## Why is this bad
The budget line compares the owner's own prices with his budget, and may fit while the invoice does not.

## Example
```yaml
budget: {usd_month: 185}   # the table's prices add up to $270
```

## Use instead
```yaml
budget: {usd_month: 280}
```
"""

from collections.abc import Iterator

from tierpolicies.capacity.money.bill import bill
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=(PLATFORM,), severity=Severity.NOTE, remediation="Budget for the whole bill, or use less.")
def check(context: Context) -> Iterator[Fault]:
    """Notes a bill beyond the budget."""
    platform = context.platform
    if platform is None or platform.budget is None or not platform.region:
        return
    whole = bill(context.index, platform)
    if whole.table is None or whole.usd_month <= platform.budget.usd_month:
        return
    count = len(whole.missing)
    items = "1 item that has no price" if count == 1 else f"{count} items that have no price"
    lacking = f", without {items}" if count else ""
    prices = f"prices of {whole.region}, {whole.table.date}"
    message = (
        f"${whole.usd_month:.2f} a month by {prices}{lacking}; the budget is ${platform.budget.usd_month:g}"
    )
    subject = Subject("", "Platform", "", platform.name)
    yield Fault(message, subject=subject, source=platform.budget.source)
