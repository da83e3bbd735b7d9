"""No message can come to a queue.

## What it does
Reports queues that no exchange is bound to, where it is known that nobody uses the default exchange for
them: tasks are described (`messaging.json`) and none is the queue's, or no account but administrators'
may write to `amq.default`. Queues where failed messages end are left out.

## Why is this bad
The queue and its workers cost resources and do nothing; more likely a binding was forgotten, and what is
meant for the queue is dropped.

## Example
```json
{"queues": [{"name": "mail"}], "bindings": []}
```

## Use instead
```json
{"queues": [{"name": "mail"}],
 "bindings": [{"source": "tasks", "destination": "mail", "routing_key": "mail.#"}]}
```
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, brokers


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Bind the queue to an exchange, or remove it.",
    rests_on=("ConfigMap",),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue that nobody can publish to."""
    for broker in brokers(context.index):
        bound = {each["destination"].text for each in broker.definitions["bindings"]}
        sent = {task.queue for task in broker.tasks}
        if not (sent or _default_is_closed(broker)):
            continue
        for queue in broker.queues:
            if queue.name in bound or queue.name in sent or queue.name in broker.dead_letter_queues():
                continue
            yield broker.fault(
                f"no exchange is bound to {queue.name}, and no task is sent to it", queue=queue.name
            )


def _default_is_closed(broker: Broker) -> bool:
    """Whether no account that is no administrator's may publish straight to a queue."""
    administrators = {
        user["name"].text
        for user in broker.definitions["users"]
        if "administrator" in str(user["tags"].value)
    }
    writes = [
        each["write"].text
        for each in broker.definitions["permissions"]
        if each["user"].text not in administrators
    ]
    return bool(writes) and not any(_matches(each, "amq.default") for each in writes)


def _matches(pattern: str, name: str) -> bool:
    try:
        return bool(pattern) and re.search(pattern, name) is not None
    except re.error:
        return True
