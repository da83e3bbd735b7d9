"""Definitions name a vhost or a user that they do not make.

## What it does
Where definitions hold `vhosts`, looks up there the vhost of every queue, exchange, binding, policy and
permission; where they hold `users`, the user of every permission.

## Why is this bad
The broker refuses the definitions, and does not start with them.

## Example
```json
{"vhosts": [{"name": "shop"}], "queues": [{"name": "mail", "vhost": "/"}]}
```

## Use instead
```json
{"vhosts": [{"name": "shop"}], "queues": [{"name": "mail", "vhost": "shop"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import Broker, brokers

_SECTIONS = ("queues", "exchanges", "bindings", "policies", "permissions", "topic_permissions")
_GRANTS = ("permissions", "topic_permissions")


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Declare the vhost or the user, or correct the name.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each name that is not declared."""
    for broker in brokers(context.index):
        yield from _unknown(broker, "vhosts", "vhost", _SECTIONS)
        yield from _unknown(broker, "users", "user", _GRANTS)


def _unknown(broker: Broker, declared: str, field: str, sections: tuple[str, ...]) -> Iterator[Fault]:
    known = {each["name"].text for each in broker.definitions[declared]}
    if not known:
        return
    for section in sections:
        for entry in broker.definitions[section]:
            name = entry[field]
            if name.text and name.text not in known:
                what = entry["name"].text or entry["destination"].text or entry["user"].text
                message = (
                    f"{section} name the {field} {name.text!r}, which is not there{nearest(name.text, known)}"
                )
                yield broker.fault_at(message, name, detail=f"{section} {what} {name.text}")
