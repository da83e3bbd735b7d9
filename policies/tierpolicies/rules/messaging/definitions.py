"""A broker's definitions are not JSON.

## What it does
Reads the keys `definitions.json` (or any other `….json` with `definition` in its name) and
`messaging.json` of every ConfigMap, and the `stringData` of Secrets.

## Why is this bad
The broker does not start with definitions that it cannot read.

## Example
```
{"queues": [}
```

## Use instead
```
{"queues": []}
```
"""

import json
from collections.abc import Iterator

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import MESSAGING, definition_texts


@rule(needs=(MESSAGES,), severity=Severity.ERROR, remediation="Write valid JSON, an object at the top.")
def check(context: Context) -> Iterator[Fault]:
    """Reports text that is not a JSON object."""
    for manifest, text in _texts(context):
        key = text.path[-1]
        try:
            is_object = isinstance(json.loads(text.text), dict)
        except (ValueError, RecursionError) as error:
            yield Fault(f"{key} is not JSON: {error}", manifest, text)
        else:
            if not is_object:
                yield Fault(f"{key} is not a JSON object", manifest, text)


def _texts(context: Context) -> Iterator[tuple[Manifest, View]]:
    yield from definition_texts(context.index)
    for manifest in context.index.of_kind("ConfigMap"):
        text = manifest.view.at("data", MESSAGING)
        if text:
            yield manifest, text
