"""A queue drops its failed messages, unlike the others.

## What it does
Reports queues without a dead-letter exchange, of a broker of which most other queues have one. The queues
where failed messages end are left out.

## Why is this bad
What is rejected, expires or is delivered too often is gone without a trace, and nobody expects that of
this one queue.

## Example
```json
{"name": "mail", "arguments": {"x-queue-type": "quorum"}}
```
beside queues with `x-dead-letter-exchange`.

## Use instead
```json
{"name": "mail", "arguments": {"x-queue-type": "quorum", "x-dead-letter-exchange": "dlx"}}
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
    remediation="Give the queue a dead-letter exchange, as the others have.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue whose failed messages are dropped."""
    for broker in brokers(context.index):
        ends = broker.dead_letter_queues()
        queues = [queue for queue in broker.queues if queue.name not in ends]
        without = [queue for queue in queues if "x-dead-letter-exchange" not in queue.arguments]
        if len(without) * 2 < len(queues):
            for queue in without:
                message = (
                    f"{queue.name} drops failed messages: it has no dead-letter exchange, as most queues have"
                )
                yield broker.fault(message, queue=queue.name)
