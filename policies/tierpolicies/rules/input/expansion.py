"""Aliases or nesting expand beyond any bound.

## What it does
Bounds the values that aliases may make of a document, and the depth of nesting.

## Why is this bad
A few lines of aliases can expand to billions of values and stop whatever reads them.

## Example
```yaml
a: &a [x, x]
b: &b [*a, *a]
c: [*b, *b]   # and so on
```

## Use instead
```yaml
c: [x, x]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

KINDS = ("alias", "nesting")


@rule(severity=Severity.ERROR, remediation="Write the values out, or flatten them.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the problems of this kind."""
    return context.problems(*KINDS)
