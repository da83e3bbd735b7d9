"""A key stands twice in one mapping.

## What it does
Reports the second place of a key.

## Why is this bad
Only the last value counts, silently; the reader of the file believes the first.

## Example
```yaml
spec:
  replicas: 2
  replicas: 1
```

## Use instead
```yaml
spec:
  replicas: 2
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

KINDS = ("duplicate-key",)


@rule(severity=Severity.ERROR, remediation="Remove one of the two.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the problems of this kind."""
    return context.problems(*KINDS)
