"""A worker runs as many tasks at once as its node has processors.

## What it does
Reports Celery workers whose command names neither `--concurrency` nor `--autoscale`, nor the pool `solo`,
and whose variables name none either.

## Why is this bad
Celery counts the node's processors, not the container's limit: on a large node it starts so many processes
that they throttle each other, or that the memory limit kills them.

## Example
```yaml
command: [celery, -A, shop, worker, -Q, mail]
```

## Use instead
```yaml
command: [celery, -A, shop, worker, -Q, mail, --concurrency, "4"]
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.celery_workers import workers


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Set --concurrency to what the container's limits carry.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker that counts processors."""
    for worker in workers(context.index):
        if worker.setting("concurrency") is None and worker.setting("autoscale") is None:
            pool = worker.setting("pool")
            if pool is None or pool.text != "solo":
                field = "args" if worker.container["args"] else "command"
                message = f"{worker.container['name'].text} starts a process for each processor of its node"
                yield Fault(message, worker.manifest, worker.container[field])
