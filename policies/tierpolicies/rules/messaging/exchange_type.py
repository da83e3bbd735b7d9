"""An exchange's type does not exist, or reads its keys otherwise.

## What it does
Reports exchanges of definitions whose type is none of RabbitMQ's (those of plugins begin with `x-`), and
bindings of a direct exchange whose key has a word `#` or `*`.

## Why is this bad
The broker refuses definitions with an unknown type, all of them. A direct exchange compares keys letter by
letter: a pattern matches no message, and what was meant for the queue is dropped in silence.

## Example
```json
{"exchanges": [{"name": "tasks", "type": "direct"}],
 "bindings": [{"source": "tasks", "destination": "mail", "routing_key": "mail.#"}]}
```

## Use instead
```json
{"exchanges": [{"name": "tasks", "type": "topic"}],
 "bindings": [{"source": "tasks", "destination": "mail", "routing_key": "mail.#"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import Broker, brokers

_TYPES = ("direct", "fanout", "headers", "topic")
_WILD = frozenset("#*")


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Give the exchange a type that reads the keys of its bindings as they are meant.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each such exchange and binding."""
    for broker in brokers(context.index):
        for exchange in broker.definitions["exchanges"]:
            kind = exchange["type"]
            if kind.text and kind.text not in _TYPES and not kind.text.startswith("x-"):
                name = exchange["name"].text
                message = f"the exchange {name} has the type {kind.text!r}, which is none"
                yield broker.fault_at(f"{message}{nearest(kind.text, _TYPES)}", kind, detail=name)
        yield from _patterns(broker)


def _patterns(broker: Broker) -> Iterator[Fault]:
    for binding in broker.definitions["bindings"]:
        source, key = binding["source"].text, binding["routing_key"]
        if broker.exchanges.get(source) == "direct" and not _WILD.isdisjoint(key.text.split(".")):
            message = f"the direct exchange {source} takes the key {key.text} as it stands, not as a pattern"
            yield broker.fault_at(message, key, detail=f"{source} {key.text}")
