"""No table has a price for something that is paid for.

## What it does
Notes the items of the bill that the dated price table of the platform's region has no price for, or that
there is no table for the region.

## Why is this bad
The bill is more than it says, and nobody knows by how much: a price is asked for, never guessed.

## Example
A region without a table in `data/prices`.

## Use instead
A table of the region with its date and its source, or the owner's own figure under `budget.other`.
"""

from collections.abc import Iterator

from tierpolicies.capacity.money.bill import bill
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    needs=(PLATFORM,),
    severity=Severity.NOTE,
    remediation="Ask for the price, and put it into a table with its date.",
)
def check(context: Context) -> Iterator[Fault]:
    """Notes what has no price."""
    platform = context.platform
    if platform is None or not platform.region:
        return
    whole = bill(context.index, platform)
    subject = Subject("", "Platform", "", platform.name)
    source = platform.budget.source if platform.budget is not None else platform.source
    if whole.table is None:
        message = f"there is no table of prices for {whole.region}"
        yield Fault(message, subject=subject, source=source, detail=whole.region)
        return
    if whole.missing:
        message = f"no price of {whole.region}, {whole.table.date}, for {', '.join(whole.missing)}"
        yield Fault(message, subject=subject, source=source)
