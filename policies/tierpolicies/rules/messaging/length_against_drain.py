"""A queue's length, or an alert on it, can never be reached.

## What it does
Compares a queue's `x-max-length`, and the threshold of every alert on its number of messages, with
what its consumers can work off before messages expire: consumers x concurrency / seconds a task x
TTL. Consumers are the Celery workers whose command names the queue with `-Q`; `-c` is their concurrency.
At most means all replicas that an autoscaler may add and the queue's fastest task; at rest means the
fewest replicas and its slowest task.

## Why is this bad
Messages expire long before the queue is that long, so neither the length nor the alert ever acts.

## Example
```json
{"x-max-length": 5000, "x-message-ttl": 300000}
```
where twelve consumers take 5 s a task: 720 messages.

## Use instead
A length or a threshold below that figure, a longer TTL, or more consumers.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, Queue, brokers
from tierpolicies.messaging.celery_workers import workers
from tierpolicies.messaging.queue_metrics import queue_alerts


@rule(
    needs=(MESSAGES,),
    severity=Severity.NOTE,
    remediation="Lower the figure, raise the TTL, or add consumers.",
)
def check(context: Context) -> Iterator[Fault]:
    """Notes the queues whose length is out of reach, and the alerts that are."""
    for broker in brokers(context.index):
        for queue in broker.queues:
            drained = _drained(context.index, broker, queue)
            if drained is None:
                continue
            length = queue.number("x-max-length")
            told = _told(drained, length or 0)
            if told:
                yield broker.fault(f"the length of {queue.name}, {length}, {told}", queue=queue.name)
            yield from _alerts(context.index, queue, drained)


def _alerts(index: Index, queue: Queue, drained: tuple[int, int]) -> Iterator[Fault]:
    for alert in queue_alerts(index):
        told = alert.queue == queue.name and _told(drained, alert.figure)
        if told:
            message = f"the alert {alert.name} above {alert.figure} in {queue.name} {told}"
            yield Fault(message, alert.manifest, alert.rule["expr"])


def _told(drained: tuple[int, int], figure: int) -> str:
    """What to say of a figure that lies beyond what drains at rest; nothing where it does not."""
    rest, most = drained
    if figure > most:
        return f"is never reached: at most {most} messages drain before they expire, {rest} at rest"
    if figure > rest:
        return f"is not reached at rest: {rest} messages drain before they expire, {most} at most"
    return ""


def _drained(index: Index, broker: Broker, queue: Queue) -> tuple[int, int] | None:
    """How many messages are worked off within the TTL: at rest, and at most."""
    ttl = queue.number("x-message-ttl")
    seconds = [task.seconds for task in broker.tasks if task.queue == queue.name and task.seconds]
    consumers = [each for each in workers(index) if queue.name in (each.queues or ())]
    rest = sum(each.workload.replicas * each.slots for each in consumers)
    most = sum(each.workload.max_replicas * each.slots for each in consumers)
    if not (ttl and seconds and most):
        return None
    return int(rest * ttl / 1000 / max(seconds)), int(most * ttl / 1000 / min(seconds))
