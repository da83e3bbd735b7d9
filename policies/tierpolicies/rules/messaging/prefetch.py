"""A worker takes all messages of its queues at once.

## What it does
Reports Celery workers with a prefetch multiplier of 0, by `--prefetch-multiplier` or by a variable such as
`CELERY_WORKER_PREFETCH_MULTIPLIER`.

## Why is this bad
0 means no limit: one worker holds every message in its memory while the others are idle, and an
autoscaler that follows the queue adds workers that find nothing.

## Example
```yaml
command: [celery, -A, shop, worker, -Q, mail, --prefetch-multiplier, "0"]
```

## Use instead
```yaml
command: [celery, -A, shop, worker, -Q, mail, --prefetch-multiplier, "1"]
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
    remediation="Set the prefetch multiplier to 1, or a small number.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker without a limit."""
    for worker in workers(context.index):
        found = worker.setting("prefetch")
        if found is not None and found.number == 0:
            message = "a prefetch multiplier of 0 takes every message of the queue at once"
            yield Fault(message, worker.manifest, found.view)
