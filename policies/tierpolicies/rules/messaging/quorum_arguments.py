"""A quorum queue is given what it refuses or ignores.

## What it does
Reports arguments that quorum queues refuse (priorities, auto-delete, not durable) and those that
they do not know and accept in silence, such as the mirroring that a policy's `ha-mode` asks for.

## Why is this bad
A refused queue is not declared, and its consumers fail; an ignored argument promises something that
never happens. A priority there is a class of service: a queue and workers of its own.

## Example
```json
{"x-queue-type": "quorum", "x-max-priority": 10}
```

## Use instead
```json
{"x-queue-type": "quorum"}
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import brokers

_REFUSED = {
    "x-max-priority": "the priorities of x-max-priority",
    "x-queue-mode": "the mode of x-queue-mode",
    "x-queue-master-locator": "x-queue-master-locator",
}
_KNOWN = (
    "x-queue-type",
    "x-max-length",
    "x-max-length-bytes",
    "x-max-in-memory-length",
    "x-max-in-memory-bytes",
    "x-overflow",
    "x-expires",
    "x-message-ttl",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-dead-letter-strategy",
    "x-delivery-limit",
    "x-single-active-consumer",
    "x-consumer-timeout",
    "x-quorum-initial-group-size",
    "x-quorum-target-group-size",
    "x-queue-leader-locator",
)


@rule(
    needs=(MESSAGES,), severity=Severity.ERROR, remediation="Remove the argument, or use one that is known."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports arguments of quorum queues that do not work."""
    for broker in brokers(context.index):
        for queue in broker.queues:
            if not queue.is_quorum:
                continue
            faults = [_told(name) for name in queue.arguments if name not in _KNOWN]
            faults += ["cannot be auto-deleted"] if queue.auto_delete else []
            faults += [] if queue.durable else ["must be durable"]
            for fault in faults:
                message = f"the quorum queue {queue.name} {fault}"
                yield broker.fault(message, queue=queue.name)


def _told(name: str) -> str:
    if name in _REFUSED:
        return f"refuses or ignores {_REFUSED[name]}"
    if name.startswith("x-ha-"):
        return f"ignores {name.removeprefix('x-')}: it has copies by itself"
    return f"does not know {name!r}{nearest(name, _KNOWN)}"
