"""A text does not have the form that its field needs.

## What it does
Checks paths, addresses, ranges of addresses, host names and URLs.

## Why is this bad
The API server refuses the object.

## Example
```yaml
rules: [{host: "https://shop.example.com", http: {paths: []}}]
```

## Use instead
```yaml
rules: [{host: shop.example.com, http: {paths: []}}]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Write the value in that form.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each text of another form."""
    return context.verdicts.of("value-syntax")
