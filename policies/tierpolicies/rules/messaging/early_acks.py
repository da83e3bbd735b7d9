"""A worker that dies loses the tasks it had begun.

## What it does
Reports Celery workers whose variables say that tasks are acknowledged before they run
(`CELERY_TASK_ACKS_LATE` false), or are not given back when a worker is lost
(`CELERY_TASK_REJECT_ON_WORKER_LOST` false beside late acknowledgement).

## Why is this bad
Pods are killed all the time: by updates, evictions, the memory limit. What was acknowledged is then gone.

## Example
```yaml
env: [{name: CELERY_TASK_ACKS_LATE, value: "false"}]
```

## Use instead
```yaml
env: [{name: CELERY_TASK_ACKS_LATE, value: "true"}, {name: CELERY_TASK_REJECT_ON_WORKER_LOST, value: "true"}]
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
    remediation="Acknowledge late, reject on worker loss, and make the tasks idempotent.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker that is told to lose tasks."""
    for worker in workers(context.index):
        late, lost = worker.setting("acks_late"), worker.setting("reject_on_worker_lost")
        if late is not None and not late.is_true:
            yield Fault(
                "tasks are acknowledged before they run: a killed pod loses them", worker.manifest, late.view
            )
        elif late is not None and lost is not None and not lost.is_true:
            message = "tasks of a killed process are not given back to the queue"
            yield Fault(message, worker.manifest, lost.view)
