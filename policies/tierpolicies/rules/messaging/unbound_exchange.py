"""An exchange leads nowhere.

## What it does
Reports exchanges that nothing is bound to and that have no alternate exchange, in definitions that hold
bindings at all. Fanout exchanges are left out: what listens there often binds itself when it starts.

## Why is this bad
Whatever is published there is dropped in silence.

## Example
```json
{"exchanges": [{"name": "tasks", "type": "topic"}, {"name": "orders", "type": "topic"}],
 "bindings": [{"source": "tasks", "destination": "mail", "routing_key": "mail.#"}]}
```

## Use instead
A binding of `orders` to a queue, or no such exchange.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers


@rule(needs=(MESSAGES,), severity=Severity.WARNING, remediation="Bind a queue to the exchange, or remove it.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each exchange without a binding."""
    for broker in brokers(context.index):
        sources = {each["source"].text for each in broker.definitions["bindings"]}
        if not sources:
            continue
        for exchange in broker.definitions["exchanges"]:
            name = exchange["name"]
            if not name.text or name.text in sources or exchange["type"].text == "fanout":
                continue
            if not exchange.at("arguments", "alternate-exchange"):
                message = f"nothing is bound to the exchange {name.text}: what is published there is dropped"
                yield broker.fault_at(message, name, detail=name.text)
