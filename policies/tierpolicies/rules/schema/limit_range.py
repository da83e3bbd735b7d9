"""The figures of a LimitRange contradict each other.

## What it does
Compares the figures that a LimitRange gives for one resource: the least, what is requested and limited by
default, and the most must be in that order.

## Why is this bad
The API server refuses the LimitRange, and the namespace has none.

## Example
```yaml
limits: [{type: Container, default: {memory: 128Mi}, defaultRequest: {memory: 256Mi}}]
```

## Use instead
```yaml
limits: [{type: Container, default: {memory: 256Mi}, defaultRequest: {memory: 128Mi}}]
```
"""

from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.quantity import QuantityError, parse

_ORDER = ("min", "defaultRequest", "default", "max")


@rule(
    each=Manifest,
    kinds=("LimitRange",),
    severity=Severity.ERROR,
    remediation="Let min, defaultRequest, default and max grow in this order.",
)
def check(manifest: Manifest) -> Iterator[Fault]:
    """Reports each figure that is above one which has to be at least as high."""
    for limit in manifest.view.at("spec", "limits"):
        names = {name for field in _ORDER for name in limit[field].mapping}
        for name in sorted(names):
            amounts = {field: _amount(limit[field][name]) for field in _ORDER}
            figures = {field: amount for field, amount in amounts.items() if amount is not None}
            for lower, upper in combinations(figures, 2):
                if figures[lower] > figures[upper]:
                    low, high = limit[lower][name], limit[upper][name]
                    message = f"{lower} {low.value} of {name} is above {upper} {high.value}"
                    yield Fault(message, manifest, low, detail=upper)


def _amount(view: View) -> Fraction | None:
    try:
        return parse(view.value) if view else None
    except QuantityError:
        return None  # schema/quantities reports it
