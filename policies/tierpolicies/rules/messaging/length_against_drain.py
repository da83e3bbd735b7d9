"""A queue's length, or an alert on it, can never be reached.

## What it does
Compares a queue's `x-max-length`, and the threshold of every alert on its number of messages, with
what its consumers can work off before messages expire: consumers x concurrency / seconds a task x
TTL. Consumers are the workloads whose command names the queue with `-Q` and a concurrency with `-c`.
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

import re
from collections.abc import Iterator

from tierpolicies.broker import Broker, Queue, brokers
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.engine.workload import Workload

_QUEUES = re.compile(r"(?:^| )(?:-Q|--queues)[ =]?(\S+)")
_CONCURRENCY = re.compile(r"(?:^| )(?:-c|--concurrency)[ =]?(\d+)")
_THRESHOLD = re.compile(r"""rabbitmq_queue_messages\{[^}]*\bqueue="([^"]+)"[^}]*\}\)?\s*>=?\s*(\d+)""")


@rule(severity=Severity.NOTE, remediation="Lower the figure, raise the TTL, or add consumers.")
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
    for manifest in index.of_kind("PrometheusRule"):
        for group in manifest.view.at("spec", "groups"):
            for alert in group["rules"]:
                found = _THRESHOLD.search(alert["expr"].text)
                told = found and found[1] == queue.name and _told(drained, int(found[2]))
                if found and told:
                    message = f"the alert {alert['alert'].text} above {found[2]} in {queue.name} {told}"
                    yield Fault(message, manifest, alert["expr"])


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
    slots = [(each, _concurrency(each, queue.name)) for each in index.workloads]
    rest = sum(each.replicas * at_once for each, at_once in slots)
    most = sum(each.max_replicas * at_once for each, at_once in slots)
    if not (ttl and seconds and most):
        return None
    return int(rest * ttl / 1000 / max(seconds)), int(most * ttl / 1000 / min(seconds))


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
