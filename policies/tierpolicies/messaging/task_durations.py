"""How long the tasks of a Celery worker take, as far as commands and `messaging.json` tell."""

from typing import NamedTuple

from tierpolicies.engine.index import Index
from tierpolicies.messaging.broker import brokers
from tierpolicies.messaging.celery_workers import Worker


class Duration(NamedTuple):
    """The longest that something runs, in seconds, and how that is told."""

    seconds: float
    told: str


def longest(index: Index, worker: Worker) -> Duration | None:
    """The longest that a task of a worker may run: its limit where there is one, else what is expected."""
    for setting in ("time_limit", "soft_time_limit"):
        found = worker.setting(setting)
        if found is not None and found.number:
            return Duration(found.number, f"a task may run {found.number:g} s")
    limits = [
        Duration(broker.limits[name], f"a task of {name} may run {broker.limits[name]:g} s")
        for broker in brokers(index)
        for name in worker.queues or ()
        if name in broker.limits
    ]
    return max(limits, default=expected(index, worker))


def expected(index: Index, worker: Worker) -> Duration | None:
    """The task of a worker's queues that is expected to run longest."""
    found = [
        Duration(task.seconds, f"{task.name} takes {task.seconds:g} s")
        for broker in brokers(index)
        for task in broker.tasks
        if task.seconds and task.queue in (worker.queues or ())
    ]
    return max(found, default=None)
