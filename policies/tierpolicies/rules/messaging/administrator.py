"""An application is an administrator of the broker.

## What it does
Reports users of the definitions with the tag `administrator` that a workload logs in as (a variable such as
`RABBITMQ_USER`).

## Why is this bad
A captured service can read every message, add users and stop the broker.

## Example
```json
{"users": [{"name": "shop", "tags": ["administrator"]}]}
```

## Use instead
```json
{"users": [{"name": "shop", "tags": []}]}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers
from tierpolicies.messaging.broker_accounts import accounts


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Take the tag from the user that the workload logs in as.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each administrator that a workload is."""
    users = {account.user: account.workload.manifest.name for account in accounts(context.index)}
    for broker in brokers(context.index):
        for user in broker.definitions["users"]:
            name = user["name"].text
            if name in users and "administrator" in str(user["tags"].value):
                message = f"{users[name]} logs in as {name}, an administrator"
                yield broker.fault_at(message, user["tags"], detail=name)
