"""A worker is killed in the middle of its tasks.

## What it does
Compares `terminationGracePeriodSeconds` (30 by default) of each Celery worker with the longest that a task
may run: the time limit of its command or variables, or that of its queues in `messaging.json`, else the
longest expected duration there.

## Why is this bad
A worker that is told to stop finishes its tasks first. When the grace period ends it is killed, with every
update and every scaling down: the task is lost, or done once more from the start.

## Example
```yaml
terminationGracePeriodSeconds: 30   # and celery worker --time-limit 300
```

## Use instead
```yaml
terminationGracePeriodSeconds: 330
```
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.celery_workers import workers
from tierpolicies.messaging.task_durations import longest

_DEFAULT = 30


@rule(
    needs=(MESSAGES,),
    severity=Severity.WARNING,
    remediation="Make the grace period longer than the longest task.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker with too little time to stop."""
    for worker in workers(context.index):
        written = worker.workload.pod["terminationGracePeriodSeconds"]
        grace = _DEFAULT if written.integer is None else written.integer
        task = longest(context.index, worker)
        if task is not None and grace <= task.seconds:
            message = f"it is killed {grace} s after it is told to stop, and {task.told}"
            yield Fault(message, worker.manifest, written)
