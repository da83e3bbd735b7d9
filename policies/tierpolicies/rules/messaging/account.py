"""A workload logs in to the broker by an account that cannot do its work.

## What it does
Looks up the user of each workload (a variable such as `RABBITMQ_USER`) among the permissions of the
definitions, and whether that user may read the queues that a Celery worker consumes.

## Why is this bad
The broker closes the connection or refuses the queue: the pod starts over and over, and nothing is done.

## Example
```yaml
env: [{name: RABBITMQ_USER, value: mial}]   # the permissions are of the user mail
```

## Use instead
```yaml
env: [{name: RABBITMQ_USER, value: mail}]
```
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import Broker, brokers
from tierpolicies.messaging.broker_accounts import Account, accounts
from tierpolicies.messaging.celery_workers import Worker, workers


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Give the account permissions in the definitions for what the workload uses.",
    rests_on=("ConfigMap", "Secret"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each account that is not there, or may not read its queues."""
    found = brokers(context.index)
    granted = {each["user"].text for broker in found for each in broker.definitions["permissions"]}
    if not granted:
        return
    consuming = {id(worker.container.value): worker for worker in workers(context.index)}
    used = accounts(context.index)
    is_whole = any(account.user in granted for account in used)
    for account in used:
        if account.user not in granted:
            hint = nearest(account.user, granted)
            if hint or is_whole:
                message = (
                    f"{account.variable} is {account.user!r}, who has no permissions on the broker{hint}"
                )
                yield Fault(message, account.workload.manifest, account.view)
        elif (worker := consuming.get(id(account.container.value))) is not None:
            yield from _unread(account, worker, found)


def _unread(account: Account, worker: Worker, found: tuple[Broker, ...]) -> Iterator[Fault]:
    for broker in found:
        patterns = [
            each["read"].text
            for each in broker.definitions["permissions"]
            if each["user"].text == account.user
        ]
        for name in worker.queues or ():
            if patterns and broker.queue(name) and not any(_matches(each, name) for each in patterns):
                yield Fault(
                    f"{account.user} may not read {name}, which {worker.manifest.name} consumes",
                    account.workload.manifest,
                    account.view,
                    detail=name,
                )


def _matches(pattern: str, name: str) -> bool:
    try:
        return bool(pattern) and re.search(pattern, name) is not None
    except re.error:
        return True
