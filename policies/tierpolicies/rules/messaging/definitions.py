"""A broker's definitions are not JSON.

## What it does
Reads the keys `definitions.json` and `messaging.json` of every ConfigMap.

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

from tierpolicies.broker import DEFINITIONS, MESSAGING
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Write valid JSON, an object at the top.")
def check(context: Context) -> Iterator[Fault]:
    """Reports text that is not a JSON object."""
    for manifest in context.index.of_kind("ConfigMap"):
        for key in (DEFINITIONS, MESSAGING):
            text = manifest.view.at("data", key)
            if not text:
                continue
            try:
                is_object = isinstance(json.loads(text.text), dict)
            except (ValueError, RecursionError) as error:
                yield Fault(f"{key} is not JSON: {error}", manifest, text)
            else:
                if not is_object:
                    yield Fault(f"{key} is not a JSON object", manifest, text)
