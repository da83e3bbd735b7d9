"""A node cannot be drained.

## What it does
Drains each node as kubectl does: pods leave as their budgets allow, and each must find another node before
the next of its kind may go. Notes the nodes that cannot be emptied, why, and how many nodes it would take.

## Why is this bad
An upgrade of the node means that something is down, or that it never ends.

## Example
A tier with a single node.

## Use instead
A second node, at least while the first is upgraded.
"""

from collections.abc import Iterator

from tierpolicies.capacity.judged import about, capacity, takes
from tierpolicies.engine.context import PLATFORM, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(needs=(PLATFORM,), severity=Severity.NOTE, remediation="Add a node for the time of the upgrade.")
def check(context: Context) -> Iterator[Fault]:
    """Notes each node that cannot be drained."""
    found, platform = context.once(capacity), context.platform
    if found is None or platform is None:
        return
    for row, subject, source in about(platform, found.of("drain")):
        if not row.fits:
            message = f"{row.title}: {row.reason}{takes(row)}"
            yield Fault(message, subject=subject, source=source, detail=row.scenario)
