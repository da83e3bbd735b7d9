"""Several workers each run the scheduler.

## What it does
Reports Celery workers started with `-B` or `--beat` of which there may be more than one, by their replicas,
their autoscaler or a rolling update that starts the next before it stops the last.

## Why is this bad
Every copy sends every periodic task.

## Example
```yaml
replicas: 3   # of celery -A shop worker -B
```

## Use instead
A Deployment of its own for `celery -A shop beat`, with one replica and strategy Recreate.
"""

from collections.abc import Iterator

from tierpolicies.engine.context import MESSAGES, Context
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule
from tierpolicies.messaging.celery_workers import Worker, workers


@rule(
    needs=(MESSAGES,),
    severity=Severity.ERROR,
    remediation="Run the scheduler alone, once, with strategy Recreate.",
)
def check(context: Context) -> Iterator[Fault]:
    """Reports each worker that schedules and is not alone."""
    for worker in workers(context.index):
        told = _copies(worker) if worker.schedules else ""
        if told:
            field = "args" if worker.container["args"] else "command"
            yield Fault(
                f"{told}, and each sends every periodic task", worker.manifest, worker.container[field]
            )


def _copies(worker: Worker) -> str:
    workload, spec = worker.workload, worker.manifest.view["spec"]
    if workload.per_node:
        return "a scheduler runs on every node"
    if workload.max_replicas > 1:
        return f"up to {workload.max_replicas} schedulers run"
    if worker.manifest.kind == "Deployment" and spec.at("strategy", "type").text != "Recreate":
        return "two schedulers run during each update"
    return ""
