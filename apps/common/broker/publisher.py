"""Publishing tasks: each is confirmed by the broker, or the caller is told that it was not accepted."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from contextlib import suppress
from queue import LifoQueue

import structlog
from amqp.exceptions import AMQPError, MessageNacked
from anyio import CapacityLimiter, to_thread
from celery import Celery
from kombu import Connection, Producer
from kombu.exceptions import OperationalError

from apps.common.broker.errors import BrokerUnavailable, PublishError, QueueFull, Unroutable
from apps.common.telemetry.metrics import PUBLISHED

_SECONDS = 5
_log = structlog.get_logger(__name__)


class _Line:
    """One connection with one channel; not to be used by two threads at once."""

    def __init__(self, app: Celery) -> None:
        self._app = app
        self._connection: Connection | None = None
        self._producer: Producer | None = None
        self._returned: list[BaseException] = []

    def send(self, task: str, kwargs: Mapping[str, object], task_id: str, countdown: float | None) -> None:
        producer = self.open()
        self._returned.clear()
        self._app.send_task(
            task,
            kwargs=dict(kwargs),
            task_id=task_id,
            countdown=countdown,
            producer=producer,
            mandatory=True,
            retry=False,
            confirm_timeout=_SECONDS,
            ignore_result=True,
        )
        if self._returned:
            raise Unroutable(f"no queue is bound for task {task}: {self._returned[0]}")

    def close(self) -> None:
        if self._connection is not None:
            self._connection.release()
        self._connection = self._producer = None

    def drop(self) -> None:
        """Let go of a connection that is broken, without a word to the broker."""
        if self._connection is not None:
            self._connection.collect()
        self._connection = self._producer = None

    def open(self) -> Producer:
        if self._producer is not None:
            return self._producer
        self._connection = self._app.connection_for_write(
            connect_timeout=_SECONDS, heartbeat=0, transport_options={"confirm_publish": True}
        )
        self._connection.ensure_connection(max_retries=0, timeout=_SECONDS)
        self._producer = Producer(
            self._connection.channel(), auto_declare=False, on_return=self._on_return, serializer="json"
        )
        return self._producer

    def _on_return(self, error: BaseException, *_: object) -> None:
        self._returned.append(error)


class Publisher:
    """Publishes tasks by name; safe to share between threads and greenlets.

    Args:
        app: made by `celery_app`; its routes say where a task goes.
        lines: connections, each of which carries one publish at a time.
    """

    def __init__(self, app: Celery, *, lines: int = 2) -> None:
        self._lines: LifoQueue[_Line] = LifoQueue()
        self.lines = lines
        for _ in range(lines):
            self._lines.put(_Line(app))

    def publish(
        self,
        task: str,
        kwargs: Mapping[str, object],
        *,
        task_id: str | None = None,
        countdown: float | None = None,
    ) -> str:
        """Send `task`, and return its id once the broker has taken it.

        A connection that turns out to be dead is replaced once, so the task may be sent twice: tasks are
        idempotent.

        Args:
            countdown: seconds before it runs, at least 1 where given.

        Raises:
            QueueFull: the broker refused it.
            Unroutable: no queue takes it.
            BrokerUnavailable: no answer in time.
        """
        task_id = task_id or str(uuid.uuid4())
        line = self._lines.get()
        try:
            self._send(line, task, kwargs, task_id, countdown)
        except PublishError as error:
            PUBLISHED.labels(task=task, outcome=type(error).__name__).inc()
            raise
        finally:
            self._lines.put(line)
        PUBLISHED.labels(task=task, outcome="confirmed").inc()
        return task_id

    def reachable(self) -> bool:
        """Whether a connection can be opened now; for readiness."""
        line = self._lines.get()
        try:
            line.open()
        except (AMQPError, OperationalError, OSError):
            line.drop()
            return False
        finally:
            self._lines.put(line)
        return True

    def close(self) -> None:
        """Close all connections; call it when nobody publishes any more."""
        for _ in range(self.lines):
            line = self._lines.get()
            with suppress(AMQPError, OperationalError, OSError):  # it may be dead already
                line.close()
            line.drop()

    def _send(
        self, line: _Line, task: str, kwargs: Mapping[str, object], task_id: str, countdown: float | None
    ) -> None:
        for last in (False, True):
            try:
                line.send(task, kwargs, task_id, countdown)
            except Unroutable:
                raise
            except (AMQPError, OperationalError, OSError) as error:
                # kombu makes an error of its own of the broker's refusal.
                if isinstance(error, MessageNacked) or isinstance(error.__cause__, MessageNacked):
                    raise QueueFull(f"the queue of task {task} is full: the broker refused it") from None
                line.drop()
                if last:
                    raise BrokerUnavailable(
                        f"task {task} was not confirmed by the broker: {error}"
                    ) from error
                _log.info("publishing again on a new connection", task=task, reason=str(error))
            else:
                return


class AsyncPublisher:
    """A `Publisher` for async services: each publish runs in a thread of its own limiter."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self._limiter = CapacityLimiter(publisher.lines)

    async def publish(
        self,
        task: str,
        kwargs: Mapping[str, object],
        *,
        task_id: str | None = None,
        countdown: float | None = None,
    ) -> str:
        """As `Publisher.publish`."""

        def run() -> str:
            return self._publisher.publish(task, kwargs, task_id=task_id, countdown=countdown)

        return await to_thread.run_sync(run, limiter=self._limiter)

    async def reachable(self) -> bool:
        """As `Publisher.reachable`."""
        return await to_thread.run_sync(self._publisher.reachable, limiter=self._limiter)

    async def close(self) -> None:
        """As `Publisher.close`."""
        await to_thread.run_sync(self._publisher.close)
