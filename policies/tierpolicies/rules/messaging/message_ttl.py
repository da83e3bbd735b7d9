"""Messages expire while one task runs before them.

## What it does
Compares the TTL of each queue with the longest task of the queue in `messaging.json`.

## Why is this bad
A message that waits behind a single such task is dropped, or dead-lettered, before a worker sees it.

## Example
```json
{"name": "reports", "arguments": {"x-message-ttl": 60000}}
```
where `report.generate` takes 120 s.

## Use instead
```json
{"name": "reports", "arguments": {"x-message-ttl": 3600000}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Raise the queue's TTL well above the longest task.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue whose messages expire too early."""
    for broker in brokers(context.index):
        for queue in broker.queues:
            ttl = queue.number("x-message-ttl")
            tasks = [task for task in broker.tasks if task.queue == queue.name and task.seconds]
            if ttl is None or not tasks:
                continue
            task = max(tasks, key=lambda each: each.seconds or 0)
            if ttl <= (task.seconds or 0) * 1000:
                told = f"expire after {ttl / 1000:g} s, and {task.name} takes {task.seconds:g} s"
                message = f"messages of {queue.name} {told}"
                yield broker.fault(message, queue=queue.name)
