"""The inventory beside the files cannot be used.

## What it does
Reports an `index.json` that is no JSON, or holds no mapping `files`. It is a note: the manifests are
checked all the same.

## Why is this bad
The inventory says which line of the description each value comes from; without it findings name
the generated file alone. A merge conflict that nobody resolved often is the cause.

## Example
```json
<<<<<<< HEAD
{"version": 1, "files": {}}
```

## Use instead
```sh
tierwright synth
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.NOTE, remediation="Run `tierwright synth`.")
def check(context: Context) -> Iterator[Fault]:  # noqa: ARG001 (the engine reads the inventories)
    """Finds nothing by itself: the engine reports the inventories that it could not use."""
    return iter(())
