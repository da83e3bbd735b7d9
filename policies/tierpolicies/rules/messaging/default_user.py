"""Anybody can log in to the broker as guest.

## What it does
Reports the user `guest` where it may log in from other machines: among the users or permissions of the
definitions, as the server's `RABBITMQ_DEFAULT_USER` or `default_user`, or because rabbitmq.conf lets guest
in (`loopback_users = none`, `loopback_users.guest = false`).

## Why is this bad
Everybody knows its password, and it may do everything.

## Example
```
loopback_users.guest = false
```

## Use instead
```
default_user = operator
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, brokers
from tierpolicies.messaging.broker_servers import Server, servers

_GUEST = "guest"


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Make accounts of your own, and none called guest.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each place that lets guest in."""
    for broker in brokers(context.index):
        yield from _defined(broker)
    for server in servers(context.index):
        yield from _configured(server)


def _defined(broker: Broker) -> Iterator[Fault]:
    for section, field in (("users", "name"), ("permissions", "user")):
        for each in broker.definitions[section]:
            if each[field].text == _GUEST:
                yield broker.fault_at(f"{section} hold the user guest", each[field], detail=section)


def _configured(server: Server) -> Iterator[Fault]:
    for key, values in (
        ("loopback_users", ("none",)),
        ("loopback_users.guest", ("false",)),
        ("default_user", (_GUEST,)),
    ):
        line = server.conf.get(key)
        if line is not None and line.text in values:
            yield line.fault(f"{key} = {line.text} lets guest log in from anywhere")
    found = server.variables.get("RABBITMQ_DEFAULT_USER")
    if found is not None and found.text == _GUEST:
        yield Fault("the server's first user is guest", server.manifest, found.view)
