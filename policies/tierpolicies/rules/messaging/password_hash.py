"""A broker's definitions hold the hash of a password.

## What it does
Reports users of definitions in a ConfigMap with a `password_hash`. A password in clear text is reported by
`security/secret-in-config-map`.

## Why is this bad
A ConfigMap is readable for far more people and programs than a Secret is, and stands in git. RabbitMQ's
hashes are made to be fast: a short password is guessed from one in minutes.

## Example
```json
{"users": [{"name": "shop", "password_hash": "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgx"}]}
```

## Use instead
Users from a Secret: definitions of their own that an init container puts beside these.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Take the users out of the ConfigMap and bring them from a Secret.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each user with a hash."""
    for broker in brokers(context.index):
        if broker.manifest.kind != "ConfigMap":
            continue
        for user in broker.definitions["users"]:
            if user["password_hash"].text:
                name = user["name"].text
                message = f"the hash of the password of {name} stands in a ConfigMap"
                yield broker.fault_at(message, user["password_hash"], detail=name)
