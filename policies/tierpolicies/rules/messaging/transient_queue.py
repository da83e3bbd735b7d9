"""A queue does not survive a restart of the broker.

## What it does
Reports queues of definitions with `durable: false` that are no quorum queues, for which
`messaging/quorum-arguments` tells it.

## Why is this bad
Its messages are lost with the node it is on, and RabbitMQ is about to refuse such queues.

## Example
```json
{"name": "mail", "durable": false, "arguments": {}}
```

## Use instead
```json
{"name": "mail", "durable": true, "arguments": {"x-queue-type": "quorum"}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers


@rule(needs=(MESSAGES,), severity=Severity.WARNING, remediation="Make the queue durable.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue that is not durable."""
    for broker in brokers(context.index):
        for queue in broker.queues:
            if not queue.durable and not queue.is_quorum:
                message = f"{queue.name} is not durable: its messages are gone after a restart"
                yield broker.fault(message, queue=queue.name)
