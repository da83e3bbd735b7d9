"""The broker takes a task away from a worker that still runs it.

## What it does
Compares the consumer timeout, `consumer_timeout` of rabbitmq.conf or `x-consumer-timeout` of a queue (30
minutes by default), with the longest that a task of a Celery worker may run, times the messages that each
of its processes takes in advance (`--prefetch-multiplier`). Workers that acknowledge first are left out.

## Why is this bad
A message that is not acknowledged in that time closes the worker's channel, and all its unfinished tasks
are delivered once more, for ever.

## Example
```
consumer_timeout = 60000    # and a task that may run 300 s
```

## Use instead
```
consumer_timeout = 1800000
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, brokers
from tierpolicies.messaging.broker_servers import Server, servers
from tierpolicies.messaging.celery_workers import Worker, workers
from tierpolicies.messaging.task_durations import longest
from tierpolicies.workloads.settings_files import Line

_DEFAULT_MS = 1_800_000
_KEY = "consumer_timeout"


@rule(
    needs=(MESSAGES,), severity=Severity.WARNING, remediation="Raise the timeout, or limit the tasks' time."
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker whose tasks may outlast the timeout."""
    found = servers(context.index)
    for broker in brokers(context.index):
        line = _line(broker, found)
        for worker in workers(context.index):
            acks_late = worker.setting("acks_late")
            task = longest(context.index, worker)
            if task is None or (acks_late is not None and not acks_late.is_true):
                continue
            seconds = task.seconds * _ahead(worker)
            for name in worker.queues or ():
                timeout, told = _timeout(broker, name, line)
                if timeout is not None and timeout <= seconds * 1000:
                    ahead = "" if seconds == task.seconds else f", {_ahead(worker)} one after another"
                    message = f"{told} {timeout / 1000:g} s for {name}, and {task.told}{ahead}"
                    yield (
                        line.fault(message)
                        if line is not None and told == "the broker waits"
                        else broker.fault(message, queue=name)
                    )


def _ahead(worker: Worker) -> int:
    found = worker.setting("prefetch")
    return max(1, int(found.number)) if found is not None and found.number else 1


def _line(broker: Broker, found: tuple[Server, ...]) -> Line | None:
    """The timeout of the server that loads the definitions."""
    own = [each for each in found if broker.manifest.name in each.holders]
    return next((each.conf[_KEY] for each in own or found if _KEY in each.conf), None)


def _timeout(broker: Broker, name: str, line: Line | None) -> tuple[float | None, str]:
    queue = broker.queue(name)
    if queue is None:
        return None, ""
    own = queue.number("x-consumer-timeout")
    if own is not None:
        return own, "the queue waits"
    if line is not None:
        return line.number, "the broker waits"
    return _DEFAULT_MS, "the broker waits by default"
