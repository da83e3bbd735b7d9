"""Failed messages may get lost on their way to the dead-letter queue.

## What it does
For each quorum queue with a dead-letter exchange: strategy `at-least-once`, overflow
`reject-publish`, an exchange that exists, and a routing key by which a queue is bound there. The
queue at the end needs `x-delivery-limit: -1` and `reject-publish` too, and no TTL.

## Why is this bad
Dead-lettering is at most once by default, and falls back to it silently with another overflow; a
full or impatient dead-letter queue drops what it was made to keep.

## Example
```json
{"x-queue-type": "quorum", "x-dead-letter-exchange": "dlx"}
```

## Use instead
```json
{"x-queue-type": "quorum", "x-dead-letter-exchange": "dlx", "x-dead-letter-routing-key": "q.dlq",
 "x-dead-letter-strategy": "at-least-once", "x-overflow": "reject-publish"}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import Broker, Queue, brokers

_UNLIMITED = -1


@rule(needs=(MESSAGES,), severity=Severity.ERROR, remediation="Complete the dead-letter route of the queue.")
def check(context: Context) -> Iterator[Fault]:
    """Reports each gap of each route."""
    for broker in brokers(context.index):
        ends = broker.dead_letter_queues()
        for queue in broker.queues:
            if "x-dead-letter-exchange" in queue.arguments:
                for gap in _route(broker, queue):
                    yield broker.fault(f"{queue.name}: {gap}", queue=queue.name)
        for queue in broker.queues:
            if queue.name in ends and queue.is_quorum:
                for gap in _end(queue):
                    message = f"the dead-letter queue {queue.name} {gap}"
                    yield broker.fault(message, queue=queue.name)


def _route(broker: Broker, queue: Queue) -> Iterator[str]:
    """What is wrong on the way of a failed message."""
    if queue.is_quorum and queue.text("x-dead-letter-strategy") != "at-least-once":
        yield "dead letters are sent at most once; set x-dead-letter-strategy at-least-once"
    elif queue.is_quorum and queue.text("x-overflow") != "reject-publish":
        yield "at-least-once falls back to at-most-once without x-overflow reject-publish"
    exchange, key = queue.text("x-dead-letter-exchange"), queue.text("x-dead-letter-routing-key")
    if exchange and exchange not in broker.exchanges and not exchange.startswith("amq."):
        yield f"the dead-letter exchange {exchange!r} is not declared{nearest(exchange, broker.exchanges)}"
        return
    keys = [key] if key else [task.routing_key for task in broker.tasks if task.queue == queue.name]
    if not any(broker.bound(exchange, one) for one in keys or [""]):
        told = f"with the key {key!r}" if key else "with the messages' own keys"
        yield f"no queue is bound to the dead-letter exchange {exchange!r} {told}"


def _end(queue: Queue) -> Iterator[str]:
    if queue.number("x-delivery-limit") != _UNLIMITED:
        yield "drops a message after its delivery limit; set x-delivery-limit -1"
    if queue.text("x-overflow") != "reject-publish":
        yield "drops the oldest when it is full; set x-overflow reject-publish"
    if "x-message-ttl" in queue.arguments:
        yield "drops messages by its TTL"
