"""A queue may grow without end, unlike the others.

## What it does
Reports queues with neither `x-max-length` nor `x-max-length-bytes`, of a broker of which most other
queues have one.

## Why is this bad
When its consumers stop it fills the disk, and then the broker blocks the publishers of all queues.

## Example
```json
{"name": "mail", "arguments": {"x-queue-type": "quorum"}}
```
beside queues with `x-max-length`.

## Use instead
```json
{"name": "mail", "arguments": {"x-queue-type": "quorum", "x-max-length": 5000}}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import brokers

_LIMITS = ("x-max-length", "x-max-length-bytes")


@rule(
    needs=(MESSAGES,), severity=Severity.WARNING, remediation="Limit the queue's length, as the others' are."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue without a limit."""
    for broker in brokers(context.index):
        without = [queue for queue in broker.queues if queue.arguments.keys().isdisjoint(_LIMITS)]
        if len(without) * 2 < len(broker.queues):
            for queue in without:
                message = f"{queue.name} may grow without end: it has no length limit, as most queues have"
                yield broker.fault(message, queue=queue.name)
