"""The loss of a node leaves pods without a place.

## What it does
Takes each node away, lets the scheduler place its pods on those that are left, and notes whose pods find no
place, and how many nodes it would take to bear the loss.

## Why is this bad
What was on the node is down until there is another one.

## Example
A tier with a single node.

## Use instead
One node more than the pods need, or the knowledge that there is none.
"""

from collections.abc import Iterator

from tierpolicies.capacity.judged import about, capacity, takes
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=(PLATFORM,), severity=Severity.NOTE, remediation="Add a node, or accept the loss.")
def check(context: Context) -> Iterator[Fault]:
    """Notes each node and each zone whose loss is not borne."""
    found, platform = context.once(capacity), context.platform
    if found is None or platform is None:
        return
    for word in ("lose", "zone"):
        for row, subject, source in about(platform, found.of(word)):
            if not row.fits:
                message = f"{row.title}: {row.reason}{takes(row)}"
                yield Fault(message, subject=subject, source=source, detail=row.scenario)
