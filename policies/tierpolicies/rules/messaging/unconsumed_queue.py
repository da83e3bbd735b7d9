"""Nobody consumes a queue.

## What it does
Looks for a consumer of each queue: a Celery worker that names it with `-Q`; another workload that names
it in its command, arguments or variables, or whose account (a variable `…_USER`) may read it. A queue
where failed messages end needs one only where a limit with `reject-publish` makes a full one hold back
the others. Nothing is said where no worker names a queue of the broker, or one leaves it to its code.

## Why is this bad
Its messages are never worked on: they pile up until they expire or the broker blocks its publishers.

## Example
```json
{"queues": [{"name": "mail"}, {"name": "reports"}]}
```
and one worker, `celery worker -Q mail`.

## Use instead
A worker for it, `celery worker -Q mail,reports`, or no such queue.
"""

import re
from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, PODS, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.index import Index
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.broker import Broker, Queue, brokers
from tierpolicies.messaging.celery_workers import workers

_USER = re.compile(r"(?:^|_)USER(?:NAME)?$")


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Run a consumer for the queue, or remove the queue.",
    rests_on=(PODS, "ConfigMap", "Application", "ApplicationSet"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue without a consumer."""
    found = workers(context.index)
    named = {name for worker in found for name in worker.queues or ()}
    if any(worker.queues is None for worker in found):
        return
    others: tuple[set[str], set[str]] | None = None
    for broker in brokers(context.index):
        if named.isdisjoint(queue.name for queue in broker.queues):
            continue
        ends = broker.dead_letter_queues()
        words, users = others = others or _others(context.index)
        readers = [
            each["read"].text for each in broker.definitions["permissions"] if each["user"].text in users
        ]
        for queue in broker.queues:
            if queue.name in named or queue.name in words or any(_reads(each, queue) for each in readers):
                continue
            if queue.name not in ends:
                yield broker.fault(f"nobody consumes {queue.name}", queue=queue.name)
            elif _holds_back(queue):
                yield broker.fault(_told(broker, queue), queue=queue.name)


def _others(index: Index) -> tuple[set[str], set[str]]:
    """What workloads other than Celery workers say: their words, and the accounts they use."""
    workers_own = {id(worker.manifest) for worker in workers(index)}
    words: set[str] = set()
    users: set[str] = set()
    for workload in index.workloads:
        if id(workload.manifest) in workers_own:
            continue
        for container in workload.containers:
            for field in ("command", "args"):
                for word in container[field]:
                    words.update(re.split(r"[\s,=]+", word.text))
            for entry in container["env"]:
                words.update(re.split(r"[\s,]+", entry["value"].text))
                if _USER.search(entry["name"].text):
                    users.add(entry["value"].text)
    return words, users


def _reads(pattern: str, queue: Queue) -> bool:
    try:
        return bool(pattern) and re.search(pattern, queue.name) is not None
    except re.error:
        return True


def _holds_back(queue: Queue) -> bool:
    return queue.number("x-max-length") is not None and queue.text("x-overflow") == "reject-publish"


def _told(broker: Broker, queue: Queue) -> str:
    sending = [each.name for each in broker.queues if "x-dead-letter-exchange" in each.arguments]
    length = queue.number("x-max-length")
    return (
        f"nobody consumes {queue.name}: when it is full, with {length} messages, "
        f"{', '.join(sending[:3])}{' and others' if sending[3:] else ''} keep their failed ones"
    )
