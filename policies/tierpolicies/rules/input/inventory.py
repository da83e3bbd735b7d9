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
from pathlib import PurePosixPath

from tierpolicies.engine.context import FLOWS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.origins import INVENTORY
from tierpolicies.engine.rule import rule
from tierpolicies.platform import Place


@rule(severity=Severity.NOTE, remediation="Run `tierwright synth`.")
def check(context: Context) -> Iterator[Fault]:
    """Reports flows that are not understood; the engine adds the inventories that it could not use."""
    if FLOWS not in context.traits:
        return
    from tierpolicies.network.intent.intent import FlowsError, declared_flows  # noqa: PLC0415 (few have some)

    try:
        declared_flows(context)
    except FlowsError as error:
        file = next(file for file in context.tree.files if PurePosixPath(file).name == INVENTORY)
        yield Fault(str(error), file=Place(file, 1))
