"""What `celery beat` runs: the loop that asks for the lock and sends what is due."""

from __future__ import annotations

import time
from typing import Any

import structlog
from celery import Celery
from celery.beat import Scheduler
from prometheus_client import Gauge
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from apps.beat import store
from apps.beat.leadership import Leadership
from apps.beat.sending import Sender
from apps.common.messaging import Messaging

IS_LEADER = Gauge("beat_is_leader", "1 while this scheduler holds the lock and sends, else 0.")

_POLL_SECONDS = 1.0
_STUCK_SECONDS = 60
_log = structlog.get_logger(__name__)


class Beat:
    """One scheduler among several: waits for the lock, sends while it has it, stops as soon as it has not."""

    def __init__(self, *, engine: Engine, messaging: Messaging, sender: Sender) -> None:
        self._messaging = messaging
        self._sender = sender
        self._leadership = Leadership(engine, name="beat: one scheduler sends")
        self._turned = time.monotonic()
        self._unreachable: str | None = None
        self.stopping = False

    def turn(self) -> None:
        """Ask for the lock and, with it, send what is due.

        Raises:
            SystemExit: it was told to stop; only here, so that no message is cut off from its note.
        """
        self._turn_noted()
        if self.stopping:
            self.close()
            self._sender.publisher.close()
            raise SystemExit(0)
        led = self._leadership.held
        try:
            connection = self._leadership.session()
            if connection is not None:
                if not led:
                    with connection.begin():
                        store.synchronise(connection, self._messaging)
                    _log.info("this scheduler sends from now on")
                IS_LEADER.set(1)
                self._sender.send_due(connection, turned=self._turn_noted)
        except SQLAlchemyError as error:
            self._lost(error)
        else:
            self._unreachable = None
        IS_LEADER.set(int(self._leadership.held))

    def close(self) -> None:
        """Give the lock up."""
        self._leadership.lose()
        IS_LEADER.set(0)

    def stuck(self) -> str | None:
        """For /healthz."""
        silent = time.monotonic() - self._turned
        return None if silent < _STUCK_SECONDS else f"the loop has not turned for {silent:.0f} s"

    def unready(self) -> str | None:
        """For /readyz: who waits for the lock is ready."""
        return self._unreachable or self._sender.problem

    def _turn_noted(self) -> None:
        self._turned = time.monotonic()

    def _lost(self, error: SQLAlchemyError) -> None:
        self._leadership.lose()
        IS_LEADER.set(0)
        reason = str(getattr(error, "orig", None) or error).strip()
        if self._unreachable is None:
            _log.warning("the database cannot be asked: nothing is sent until it answers", reason=reason)
        self._unreachable = f"the database cannot be asked: {reason}"


class StoredScheduler(Scheduler):
    """Celery's hook: it calls `tick` and sleeps as long as that says. `app.beat` is what does the work."""

    def __init__(self, app: Celery, **options: Any) -> None:  # noqa: ANN401 - Celery's signature
        self._beat: Beat = app.beat  # type: ignore[attr-defined]  # see main.py
        super().__init__(app, **options)

    def setup_schedule(self) -> None:
        """Nothing: the schedule is read by whoever gets the lock."""

    def tick(self, *_: object, **__: object) -> float:
        """One turn; returns the seconds to sleep."""
        self._beat.turn()
        return _POLL_SECONDS

    def should_sync(self) -> bool:
        return False

    def sync(self) -> None:
        """Nothing: each run is stored as it is sent."""

    def close(self) -> None:
        self._beat.close()

    @property
    def info(self) -> str:
        """A line of Celery's banner."""
        return "    . schedule -> PostgreSQL, schema beat"
