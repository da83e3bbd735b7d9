"""An account may change what belongs to others.

## What it does
Reports permissions of the definitions that let an account configure everything (`.*`) in a vhost that other
accounts use too. Administrators are left out: users with that tag, or, where no users are defined, accounts
that no workload names in a variable `…_USER`.

## Why is this bad
A faulty or captured service can delete the queues of all others, or bind itself to their messages.

## Example
```json
{"user": "shop", "vhost": "/", "configure": ".*", "write": ".*", "read": ".*"}
```

## Use instead
```json
{"user": "shop", "vhost": "/", "configure": "^$", "write": "^tasks$", "read": "^mail$"}
```
"""

from collections import defaultdict
from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import DEFAULT_VHOST, Broker, brokers
from tierpolicies.messaging.broker_accounts import accounts

_EVERYTHING = (".*", "^.*$", ".+", "^.*", ".*$")


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Let the account configure, write and read its own queues alone.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each account that may configure everything."""
    used = {account.user for account in accounts(context.index)}
    for broker in brokers(context.index):
        administrators = _administrators(broker)
        tenants: dict[str, set[str]] = defaultdict(set)
        for grant in broker.definitions["permissions"]:
            user = grant["user"].text
            if user not in administrators if administrators is not None else user in used:
                tenants[grant["vhost"].text or DEFAULT_VHOST].add(user)
        for grant in broker.definitions["permissions"]:
            user, vhost = grant["user"].text, grant["vhost"].text or DEFAULT_VHOST
            if user in tenants[vhost] and len(tenants[vhost]) > 1 and grant["configure"].text in _EVERYTHING:
                message = f"{user} may configure every queue and exchange of {vhost}, also those of others"
                yield broker.fault_at(message, grant["configure"], detail=f"{vhost} {user}")


def _administrators(broker: Broker) -> set[str] | None:
    """The users with a tag that lets them administrate; nothing where no users are defined."""
    users = broker.definitions["users"]
    if not any(users):
        return None
    return {each["name"].text for each in users if "administrator" in str(each["tags"].value)}
