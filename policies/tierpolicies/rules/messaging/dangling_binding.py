"""A binding joins what is not there.

## What it does
Looks up the source and the destination of each binding among the exchanges and queues of the definitions,
in the binding's own vhost. Exchanges named `amq.…` are every broker's own.

## Why is this bad
The broker refuses the definitions, and does not start with them.

## Example
```json
{"queues": [{"name": "mail"}], "bindings": [{"source": "amq.topic", "destination": "mial"}]}
```

## Use instead
```json
{"queues": [{"name": "mail"}], "bindings": [{"source": "amq.topic", "destination": "mail"}]}
```
"""

from collections.abc import Iterator

from tierpolicies.documents.view import View
from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import DEFAULT_VHOST, Broker, brokers

Places = dict[str, set[str]]
"""The vhosts in which there is something of a name."""


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Declare what the binding names, in its vhost, or correct the name.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each end of a binding that is not there."""
    for broker in brokers(context.index):
        queues, exchanges = (_places(broker, section) for section in ("queues", "exchanges"))
        for binding in broker.definitions["bindings"]:
            is_exchange = binding["destination_type"].text == "exchange"
            ends = (
                ("exchange", binding["source"], exchanges),
                (
                    "exchange" if is_exchange else "queue",
                    binding["destination"],
                    exchanges if is_exchange else queues,
                ),
            )
            vhost = binding["vhost"].text or DEFAULT_VHOST
            for kind, end, known in ends:
                if end.text and not end.text.startswith("amq.") and vhost not in known.get(end.text, ()):
                    told = _told(end, kind, known, vhost)
                    yield broker.fault_at(told, end, detail=f"{binding['routing_key'].text} {end.text}")


def _places(broker: Broker, section: str) -> Places:
    found: Places = {}
    for each in broker.definitions[section]:
        found.setdefault(each["name"].text, set()).add(each["vhost"].text or DEFAULT_VHOST)
    return found


def _told(end: View, kind: str, known: Places, vhost: str) -> str:
    if end.text in known:
        others = ", ".join(sorted(known[end.text]))
        return f"the {kind} {end.text} is in the vhost {others}, the binding in {vhost}"
    return f"a binding names the {kind} {end.text!r}, which is not declared{nearest(end.text, known)}"
