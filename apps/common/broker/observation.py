"""What a Celery worker shows of itself: log context, metrics of tasks, probes."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import cast

import structlog
from celery import Celery, Task, bootsteps, signals
from celery.exceptions import SoftTimeLimitExceeded
from celery.worker.consumer import Connection as ConnectionStep
from celery.worker.consumer import Consumer

from apps.common.broker.celery_app import CONTEXT_FIELDS
from apps.common.messaging import Messaging, MessagingError
from apps.common.settings import ServiceSettings
from apps.common.telemetry import logging, metrics, probes

_STUCK_SECONDS = 30
_log = structlog.get_logger(__name__)


class _Loop:
    """When the consuming loop last turned, and whether it has a broker."""

    def __init__(self) -> None:
        self.turned = time.monotonic()
        self.connected: Callable[[], bool] = bool

    def turn(self) -> None:
        self.turned = time.monotonic()

    def stuck(self) -> str | None:
        silent = time.monotonic() - self.turned
        return None if silent < _STUCK_SECONDS else f"the consuming loop has not turned for {silent:.0f} s"

    def unready(self) -> str | None:
        return None if self.connected() else "no connection to the broker"


def observe(app: Celery, *, service: ServiceSettings, messaging: Messaging) -> None:
    """Connect logs, metrics and probes to `app`, for the one worker of this process."""
    loop = _Loop()

    class LoopWatch(bootsteps.StartStopStep):
        requires = (ConnectionStep,)

        def start(self, c: Consumer) -> None:
            connection = c.connection
            if connection is None:  # the step that this one requires has just made it
                return
            loop.turn()
            loop.connected = lambda: bool(connection.connected)
            hub = getattr(c, "hub", None)
            if hub is not None:
                hub.call_repeatedly(2, loop.turn)
                return
            drain = connection.drain_events

            def watched(*, timeout: float | None = None) -> None:
                loop.turn()
                drain(timeout=timeout)

            connection.drain_events = watched  # type: ignore[assignment,method-assign]  # Celery has no hook for a turn

        def stop(self, c: Consumer) -> None:  # noqa: ARG002 - the base's signature
            # From here on the loop reconnects, however long the broker is away: that is not being stuck.
            loop.connected = bool
            loop.turned = float("inf")

    app.steps["consumer"].add(LoopWatch)

    def start_probes(sender: object, **_: object) -> None:
        # The banner is no JSON line.
        sender.quiet = True  # type: ignore[attr-defined]  # the stubs lack it
        _begin_at_zero(app, messaging)
        probes.serve(service.metrics_port, ready=loop.unready, alive=loop.stuck)

    def set_up_logging(**_: object) -> None:
        logging.configure(service)

    signals.setup_logging.connect(set_up_logging, weak=False)
    signals.worker_init.connect(start_probes, weak=False)
    _measure_tasks(messaging)


def _begin_at_zero(app: Celery, messaging: Messaging) -> None:
    """Show this worker's tasks before the first of them has run: a rate needs a value to rise from.

    Of failures, those that a task names, and running out of time; what nobody foresaw shows when it happens.
    """
    for queue, described in messaging.queues.items():
        for task in described.tasks.keys() & app.tasks.keys():
            metrics.TASK_DURATION.labels(queue=queue, task=task)
            for state in ("success", "failure", "retry"):
                metrics.TASK_RUNS.labels(queue=queue, task=task, state=state)
            foreseen: tuple[type[BaseException], ...] = getattr(app.tasks[task], "foreseen", ())
            expected: tuple[type[BaseException], ...] = (SoftTimeLimitExceeded, *foreseen)
            for failure in expected:
                metrics.TASK_FAILURES.labels(queue=queue, task=task, reason=_reason(failure))


def _reason(failure: type[BaseException]) -> str:
    """What metrics call a failure: its own word for it, else its name; never a text of one occurrence."""
    word = getattr(failure, "reason", None)
    return word if isinstance(word, str) else failure.__name__


def _measure_tasks(messaging: Messaging) -> None:
    def queue_of(task: str) -> str:
        try:
            return messaging.task(task).queue
        except MessagingError:
            return "unknown"

    def before(task_id: str, task: Task[..., object], kwargs: dict[str, object], **_: object) -> None:
        structlog.contextvars.clear_contextvars()
        known = {field: getattr(task.request, field, None) or kwargs.get(field) for field in CONTEXT_FIELDS}
        structlog.contextvars.bind_contextvars(
            task=task.name, task_id=task_id, **{field: value for field, value in known.items() if value}
        )
        task.request.started = time.perf_counter()  # type: ignore[attr-defined]  # a note of ours

    def after(task: Task[..., object], state: str | None = None, **_: object) -> None:
        started = cast("float | None", getattr(task.request, "started", None))
        seconds = 0.0 if started is None else time.perf_counter() - started
        labels = {"queue": queue_of(task.name), "task": task.name}
        metrics.TASK_DURATION.labels(**labels).observe(seconds)
        metrics.TASK_RUNS.labels(**labels, state=(state or "unknown").lower()).inc()
        _log.info("task ended", state=state, seconds=round(seconds, 3), retries=task.request.retries)

    def failed(sender: Task[..., object], exception: BaseException, **_: object) -> None:
        reason = _reason(type(exception))
        queue = queue_of(sender.name)
        metrics.TASK_FAILURES.labels(queue=queue, task=sender.name, reason=reason).inc()
        _log.error("task failed for good", reason=reason, exc_info=exception)

    signals.task_prerun.connect(before, weak=False)
    signals.task_postrun.connect(after, weak=False)
    signals.task_failure.connect(failed, weak=False)
