"""A queue's length can never be reached.

## What it does
Compares a queue's `x-max-length` with what its consumers can do before messages expire:
consumers x concurrency / seconds a task x TTL. Consumers are the workloads whose command names the
queue with `-Q` and a concurrency with `-c`; seconds are those of the queue's slowest task.

## Why is this bad
Messages expire long before the queue is full, so the length, and any alert near it, never acts.

## Example
```json
{"x-max-length": 5000, "x-message-ttl": 300000}
```
where twelve consumers take 5 s a task: 720 messages.

## Use instead
A length below that figure, a longer TTL, or more consumers.
"""

import re
from collections.abc import Iterator

from tierpolicies.broker import brokers
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index, Workload
from tierpolicies.engine.rule import rule

_MILLISECONDS = 1000
_QUEUES = re.compile(r"(?:^| )(?:-Q|--queues)[ =]?(\S+)")
_CONCURRENCY = re.compile(r"(?:^| )(?:-c|--concurrency)[ =]?(\d+)")


@rule(severity=Severity.NOTE, remediation="Lower the length, raise the TTL, or add consumers.")
def check(context: Context) -> Iterator[Fault]:
    """Notes the queues whose length is out of reach."""
    for broker in brokers(context.index):
        for queue in broker.queues:
            length, ttl = queue.number("x-max-length"), queue.number("x-message-ttl")
            seconds = max((task.seconds or 0 for task in broker.tasks if task.queue == queue.name), default=0)
            slots = _slots(context.index, queue.name)
            if not (length and ttl and seconds and slots):
                continue
            drained = int(slots / seconds * ttl / _MILLISECONDS)
            if drained < length:
                message = (
                    f"{queue.name} holds at most about {drained} messages that do not expire "
                    f"({slots} consumers, {seconds:g} s a task, TTL {ttl // _MILLISECONDS} s): "
                    f"its length of {length} is never reached"
                )
                yield broker.fault(message, queue=queue.name)


def _slots(index: Index, queue: str) -> int:
    return sum(workload.replicas * _concurrency(workload, queue) for workload in index.workloads)


def _concurrency(workload: Workload, queue: str) -> int:
    """How many tasks of a queue one pod takes at once."""
    result = 0
    for container in workload.pod["containers"]:
        words = [part.text for name in ("command", "args") for part in container[name]]
        line = " ".join(words)
        consumed = {name for match in _QUEUES.findall(line) for name in match.split(",")}
        if queue in consumed:
            match = _CONCURRENCY.search(line)
            result += int(match[1]) if match else 1
    return result
