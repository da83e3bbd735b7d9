"""`python -m apps.dead_letters.collector`: stores every dead letter, then acknowledges it."""

from __future__ import annotations

import contextlib
import signal
import time
from datetime import timedelta
from threading import Event
from uuid import UUID

import structlog
from amqp import Channel, Connection
from amqp.basic_message import Message
from prometheus_client import Counter, Gauge
from sqlalchemy import Connection as SqlConnection
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from apps.common.database import engine
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings, PostgresSettings, ServiceSettings, load
from apps.common.telemetry import logging, probes
from apps.dead_letters import store
from apps.dead_letters.broker import BROKER_ERRORS, close, connect, open_channel
from apps.dead_letters.letter import UNKNOWN, DeadLetter, known_task, read
from apps.dead_letters.settings import RetentionSettings

DEAD_LETTERS = Counter(
    "dead_letters_total", "Dead letters stored for the first time.", ["queue", "task", "cause"]
)
STORED = Gauge("dead_letters_stored", "Stored dead letters that were neither replayed nor discarded.")
UNMARKED = Counter(
    "dead_letters_unmarked_total", "Times that a dead letter's job could not be marked failed."
)

_PREFETCH = 20
_CHORES_SECONDS = 15
_UNMARKED_AT_ONCE = 100
_REMOVED_AT_ONCE = 1000
_BACKOFF_MOST = 30.0
_STUCK_SECONDS = 60
_log = structlog.get_logger(__name__)


class Collector:
    """Moves messages from the queue of dead letters into PostgreSQL until `stop`.

    A message is acknowledged after its row is committed: who dies in between gets it again, and knows it by
    its fingerprint. Without PostgreSQL the messages go back to their queue, and wait there.

    Args:
        kept: how long a letter stays after an operator has settled it.
    """

    def __init__(
        self,
        *,
        service: ServiceSettings,
        broker: BrokerSettings,
        messaging: Messaging,
        engine: Engine,
        kept: timedelta,
    ) -> None:
        self._service = service
        self._broker = broker
        self._messaging = messaging
        self._engine = engine
        self._kept = kept
        self._stopping = Event()
        self._turned = time.monotonic()
        self._hindrance: str | None = "not connected yet"
        self._chores_due = 0.0

    def stop(self) -> None:
        """Finish the message at hand, then end."""
        self._stopping.set()

    def stuck(self) -> str | None:
        """Why the process should be started again; None while it turns."""
        silent = time.monotonic() - self._turned
        return None if silent < _STUCK_SECONDS else f"the collecting loop has not turned for {silent:.0f} s"

    def unready(self) -> str | None:
        """Why nothing is collected now; None when all is well."""
        return self._hindrance

    def run(self) -> None:
        """Collect until `stop`, through every absence of the broker and of PostgreSQL."""
        pause = 1.0
        while not self._stopping.is_set():
            self._turned = time.monotonic()
            try:
                self._chores()  # asks PostgreSQL: no message is taken that could not be stored
                self._collect()
            except SQLAlchemyError as error:
                self._hindrance = f"PostgreSQL: {type(error).__name__}"
                _log.warning(
                    "cannot store: the messages stay in their queue", reason=str(error), again_in=pause
                )
            except BROKER_ERRORS as error:
                self._hindrance = f"RabbitMQ: {type(error).__name__}"
                _log.warning("cannot consume", reason=str(error), again_in=pause)
            except Exception:
                # A frame that breaks AMQP's own rules must not end the process: it says so again and again.
                self._hindrance = "a message that cannot be read stands in the way: see the log"
                _log.exception("a message cannot be read", queue=self._messaging.dead_letter.queue)
            else:
                continue
            if self._chores_due > time.monotonic():
                pause = 1.0  # it worked for a while
            self._stopping.wait(pause)
            pause = min(pause * 2, _BACKOFF_MOST)
        _log.info("ended")

    def _collect(self) -> None:
        connection = connect(self._broker, self._messaging, name=self._service.service_name)
        try:
            channel = open_channel(connection)
            channel.basic_qos(0, _PREFETCH, False)
            channel.basic_consume(
                self._messaging.dead_letter.queue,
                callback=lambda message: self._receive(channel, message),
                on_cancel=_cancelled,
            )
            self._hindrance = None
            _log.info("collecting", queue=self._messaging.dead_letter.queue)
            self._drain(connection)
        finally:
            close(connection)

    def _drain(self, connection: Connection) -> None:
        while not self._stopping.is_set():
            self._turned = time.monotonic()
            with contextlib.suppress(TimeoutError):
                connection.drain_events(timeout=1)
            connection.heartbeat_tick()
            if time.monotonic() >= self._chores_due:
                self._chores()

    def _receive(self, channel: Channel, message: Message) -> None:
        if self._stopping.is_set():
            return  # closing the connection gives it back
        self._turned = time.monotonic()
        body = message.body if isinstance(message.body, bytes) else message.body.encode()
        letter = read(body, message.properties, self._messaging)
        redelivered = bool(message.delivery_info["redelivered"])
        with structlog.contextvars.bound_contextvars(
            request_id=letter.request_id, job_id=str(letter.job_id) if letter.job_id else None
        ):
            self._store(letter, redelivered=redelivered)
            channel.basic_ack(message.delivery_info["delivery_tag"])

    def _store(self, letter: DeadLetter, *, redelivered: bool) -> None:
        with self._engine.begin() as connection:
            letter_id = store.add(connection, letter, redelivered=redelivered)
            if letter_id is not None and letter.job_id is not None:
                self._mark(connection, letter_id, letter.job_id, letter.cause)
        told = {"queue": letter.queue, "task": letter.task, "cause": letter.cause, "task_id": letter.task_id}
        if letter_id is None:
            _log.info("had been stored before", **told)
            return
        self._count(letter)
        _log.warning("dead letter stored", letter=letter_id, reason=letter.reason, **told)

    def _count(self, letter: DeadLetter) -> None:
        # Names come from messages: a label takes only those that the platform knows.
        DEAD_LETTERS.labels(
            queue=letter.queue if letter.queue in self._messaging.queues else UNKNOWN,
            task=letter.task if known_task(letter.task, self._messaging) else UNKNOWN,
            cause=letter.cause,
        ).inc()
        STORED.inc()

    def _chores(self) -> None:
        """Mark jobs that could not be marked before, remove old letters, and count what waits."""
        with self._engine.begin() as connection:
            for letter in store.unmarked(connection, limit=_UNMARKED_AT_ONCE):
                if letter.job_id and not self._mark(connection, letter.id, letter.job_id, letter.cause):
                    break
            removed = store.remove_settled(connection, older_than=self._kept, limit=_REMOVED_AT_ONCE)
            STORED.set(store.waiting(connection))  # operators change it, too
        if removed:
            _log.info("old letters were removed", count=removed)
        self._chores_due = time.monotonic() + _CHORES_SECONDS

    def _mark(self, connection: SqlConnection, letter_id: int, job_id: UUID, cause: str) -> bool:
        hindrance = store.fail_job(connection, letter_id, job_id, cause)
        if hindrance is not None:
            UNMARKED.inc()
            _log.error("its job could not be marked failed yet", letter=letter_id, hindrance=hindrance)
        return hindrance is None


def _cancelled(consumer_tag: str) -> None:
    raise ConnectionError(f"the broker ended consumer {consumer_tag}: its queue moved or was deleted")


def main() -> None:
    """Run until SIGTERM or SIGINT."""
    service, postgres, broker = load(ServiceSettings), load(PostgresSettings), load(BrokerSettings)
    logging.configure(service)
    collector = Collector(
        service=service,
        broker=broker,
        messaging=Messaging.read(broker.messaging_file),
        engine=engine(postgres, application=service.service_name),
        kept=load(RetentionSettings).kept,
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: collector.stop())
    server = probes.serve(service.metrics_port, ready=collector.unready, alive=collector.stuck)
    collector.run()
    server.shutdown()


if __name__ == "__main__":
    main()
