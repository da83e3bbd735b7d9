"""A document is not YAML or JSON, or holds what JSON cannot.

## What it does
Reports the place where the parser stops, keys that are not strings, infinite numbers, and tags
that do not fit their value. The other documents of the file are still read. A template of a Helm chart is
called by its name: what is to be checked is what comes out of it.

## Why is this bad
Kubernetes reads YAML as JSON: it refuses the document, and whatever it holds is not applied.

## Example
```yaml
metadata: {name: web
```

## Use instead
```yaml
metadata: {name: web}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule

KINDS = ("syntax", "tag", "key", "merge", "number")


@rule(severity=Severity.ERROR, remediation="Mend the YAML at this place.")
def check(context: Context) -> Iterator[Fault]:
    """Reports the problems of this kind."""
    return context.problems(*KINDS)
