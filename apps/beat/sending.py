"""What is due, and sending it: each planned run once, none forgotten."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID, uuid5

import structlog
from prometheus_client import Gauge
from sqlalchemy import Connection

from apps.beat import store
from apps.beat.cron import Cron
from apps.common.broker.errors import BrokerUnavailable, PublishError

LAST_SENT = Gauge(
    "beat_last_sent_timestamp_seconds", "When the broker last confirmed the scheduled task.", ["task"]
)

_RUNS = UUID("5d1c8a53-1a3c-4a8e-9a44-0d2f5b0c7f1e")
# So old, in seconds, may the proof be that the lock is held when a message leaves. A process that was stopped
# in between asks again.
_PROOF_SECONDS = 2.0

_log = structlog.get_logger(__name__)


class Publishes(Protocol):
    """The part of a publisher that is needed here."""

    def publish(self, task: str, kwargs: dict[str, object], *, task_id: str | None = None) -> str:
        """Send, and return once the broker has confirmed."""

    def close(self) -> None:
        """End the connections."""


@dataclass(frozen=True)
class Run:
    """One message to be sent: a planned run, or (no `due_at`) one that an operator asked for."""

    entry: store.Entry
    due_at: datetime | None

    @property
    def task_id(self) -> UUID:
        """The same for the same run, whoever sends it and how often."""
        when = self.due_at or self.entry.requested_at
        kind = "planned" if self.due_at else "requested"
        return uuid5(_RUNS, f"{self.entry.task} {kind} {when.isoformat() if when else ''}")


def due(entry: store.Entry, now: datetime) -> Run | None:
    """What is to be sent of `entry` now. Of several missed runs only the last is: it does for all of them."""
    if entry.requested_at is not None:
        return Run(entry, None)
    latest = Cron.parse(entry.cron, entry.timezone).latest(now)
    return Run(entry, latest) if not entry.paused and latest > entry.last_due_at else None


@dataclass
class Sender:
    """Sends what is due over the session that holds the lock.

    A message and the note that it was sent cannot be one transaction. The row is locked, the message sent and
    confirmed, then the note committed. Whoever dies in between lets the next one send again, with the same
    task id: at least once. Whoever lives remembers what was confirmed and only stores it.
    """

    publisher: Publishes
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    _confirmed: dict[UUID, datetime] = field(default_factory=dict)
    _not_before: dict[str, float] = field(default_factory=dict)
    problem: str | None = None
    """Why the last message could not be sent, until one is."""

    def send_due(self, connection: Connection, *, turned: Callable[[], None]) -> None:
        """Send all that is due.

        Args:
            connection: the session that holds the lock; asked first, and for each message again.
            turned: called after each message, as each may take its time.

        Raises:
            SQLAlchemyError: the session is gone, and the lock with it: nothing more was sent.
        """
        with connection.begin():
            entries = store.entries(connection)
        for entry in entries:
            if entry.last_sent_at is not None:
                LAST_SENT.labels(task=entry.task).set(entry.last_sent_at.timestamp())
            if due(entry, self.now()) is None or time.monotonic() < self._not_before.get(entry.task, 0):
                continue
            try:
                self._send(connection, entry.task)
            except PublishError as error:
                self._put_off(error, [each.task for each in entries], entry.task)
            turned()

    def _send(self, connection: Connection, task: str) -> None:
        with connection.begin():
            proved = time.monotonic()
            entry = store.locked(connection, task)
            run = None if entry is None else due(entry, self.now())
            if run is None:
                return
            sent_at = self._confirmed.get(run.task_id)
            if sent_at is None:
                if time.monotonic() - proved > _PROOF_SECONDS:
                    store.locked(connection, task)  # raises when the session has ended
                self.publisher.publish(task, {}, task_id=str(run.task_id))
                sent_at = self.now()
                self._confirmed[run.task_id] = sent_at
            store.sent(connection, run.entry, task_id=run.task_id, due_at=run.due_at, sent_at=sent_at)
        # Stored: nobody will ask for it again.
        del self._confirmed[run.task_id]
        self.problem = None
        LAST_SENT.labels(task=task).set(sent_at.timestamp())
        _log.info("scheduled task sent", task=task, task_id=str(run.task_id), due_at=run.due_at)

    def _put_off(self, error: PublishError, tasks: list[str], task: str) -> None:
        self.problem = str(error)
        _log.warning(
            "scheduled task not accepted, tried again",
            task=task,
            reason=str(error),
            seconds=error.retry_after,
        )
        # A broker that is away is away for all tasks; a full queue is full for one.
        for each in tasks if isinstance(error, BrokerUnavailable) else [task]:
            self._not_before[each] = time.monotonic() + error.retry_after
