"""Somebody names a queue that no broker has.

## What it does
Looks up each queue that a Celery worker consumes (`-Q`), or that an alert watches (`queue="…"` of a
`rabbitmq_…` metric), among the queues of all definitions. Where no worker consumes any queue of the
definitions, they are for others: then only a name that is near to one is told. The queue that an autoscaler
follows is `autoscaling/external-metric`'s.

## Why is this bad
The worker waits for messages that never come, or its connection is closed; the alert never fires.

## Example
```yaml
command: [celery, -A, shop, worker, -Q, mial]
```

## Use instead
```yaml
command: [celery, -A, shop, worker, -Q, mail]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.engine.suggestion import nearest
from tierpolicies.messaging.broker import brokers
from tierpolicies.messaging.celery_workers import workers
from tierpolicies.messaging.queue_metrics import watched_queues


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Name a queue of the definitions, or declare the queue there.",
    rests_on=("ConfigMap", "Secret"),
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each queue that is not declared."""
    known = {queue.name for broker in brokers(context.index) for queue in broker.queues}
    if not known:
        return
    consumed = {name for worker in workers(context.index) for name in worker.queues or ()}
    is_whole = not known.isdisjoint(consumed)
    for fault, name in _named(context):
        if name not in known and (hint := nearest(name, known) or is_whole):
            told = f"{fault.message}{hint if isinstance(hint, str) else ''}"
            yield Fault(told, fault.manifest, fault.at, detail=name)


def _named(context: Context) -> Iterator[tuple[Fault, str]]:
    for worker in workers(context.index):
        said = worker.setting("queues")
        for name in worker.queues or ():
            message = f"{worker.manifest.name} consumes {name!r}, which no broker declares"
            yield Fault(message, worker.manifest, said.view if said else ""), name
    for manifest, view, name in watched_queues(context.index):
        yield Fault(f"{manifest.name} watches {name!r}, which no broker declares", manifest, view), name
