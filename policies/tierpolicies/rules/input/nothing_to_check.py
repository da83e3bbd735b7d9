"""There is nothing to check.

## What it does
Reports a folder that does not exist or holds no Kubernetes object.

## Why is this bad
A mistyped folder or a render that failed would look like a clean result.

## Example
```sh
tierwright check dits
```

## Use instead
```sh
tierwright check dist
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Name a folder that holds manifests.")
def check(context: Context) -> Iterator[Fault]:
    """Reports an empty tree."""
    if not context.tree.manifests and not context.tree.unreadable:
        yield Fault("there is nothing to check: no Kubernetes object was found")
