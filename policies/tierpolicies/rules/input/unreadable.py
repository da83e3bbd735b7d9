"""A file cannot be read as text.

## What it does
Reports files that the system refuses to open, that are not UTF-8, or that hold characters
which YAML does not allow.

## Why is this bad
Nothing in such a file is checked, and Argo CD would stop at it too.

## Example
```yaml
name: "caf\xe9"   # the byte E9, as Latin-1 writes it
```

## Use instead
```yaml
name: café
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

KINDS = ("unreadable", "encoding")


@rule(severity=Severity.ERROR, remediation="Save the file as readable UTF-8.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the problems of this kind."""
    return context.problems(*KINDS)
