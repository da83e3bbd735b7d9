"""An object has no name, or one that its kind cannot have.

## What it does
Checks `metadata.name` by kind: a DNS name for most; a single label for Namespaces; a label that begins
with a letter for Services; whatever can stand in a URL for roles. CronJobs have 52 characters at most,
Jobs 63, StatefulSets 52, since they hand their name on to pods and labels. `generateName` may
stand instead of a name.

## Why is this bad
The API server refuses the object, or makes none of its pods.

## Example
```yaml
kind: Service
metadata: {name: 3rd_party_api}
```

## Use instead
```yaml
kind: Service
metadata: {name: third-party-api}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(
    severity=Severity.ERROR,
    remediation="Give the object a name of that form.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each object without a proper name."""
    return context.verdicts.of("object-name")
