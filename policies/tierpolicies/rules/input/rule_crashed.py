"""A rule crashed.

## What it does
Reports a rule that stopped with an exception; the other rules still ran.

## Why is this bad
What that rule would have found is unknown, so the result must not look clean.

## Example
A rule reads a field as a number and the object holds a list there.

## Use instead
Report the crash with the object that caused it.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Report this with the object that causes it.")
def check(context: Context) -> Iterator[Fault]:  # noqa: ARG001 (the engine finds the crashes)
    """Finds nothing by itself: the engine reports what crashed."""
    return iter(())
