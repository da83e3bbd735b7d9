"""Sending stored letters to their queues again: each once, and none is marked before the broker has it."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from amqp import Channel, Connection
from amqp.basic_message import Message
from amqp.exceptions import AccessRefused, MessageNacked
from sqlalchemy import Engine
from sqlalchemy.exc import ProgrammingError

from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings
from apps.dead_letters import store
from apps.dead_letters.broker import BROKER_ERRORS, close, connect, open_channel
from apps.dead_letters.encoding import table_from_json
from apps.dead_letters.letter import REPLAY_HEADER, known_task
from apps.dead_letters.store import Filter, Letter

_CONFIRM_SECONDS = 10

_OF_DEATHS = ("x-death", "x-first-death-", "x-last-death-", "x-delivery-count", "x-acquired-count", "x-opt-")
_OF_ROUTING = frozenset({"CC", "BCC"})
_OF_THE_SENDER = frozenset({"user_id", "expiration"})


class ReplayError(Exception):
    """A letter could not be replayed: it is stored as before. Its text says why, and what to do."""


@dataclass(frozen=True)
class Address:
    """Where a letter goes."""

    exchange: str
    routing_key: str


def address(letter: Letter, messaging: Messaging) -> Address:
    """Where the letter's task is published now; for a task that no queue has, where it once was."""
    if known_task(letter.task, messaging):
        route = messaging.task(letter.task)
        return Address(route.exchange, route.routing_key)
    return Address(letter.exchange, letter.routing_key)


def fresh(letter: Letter) -> Message:
    """The message as it was before it first failed, but for a header that names the letter."""
    headers = {
        name: value
        for name, value in table_from_json(letter.headers).items()
        if not name.startswith(_OF_DEATHS) and name not in _OF_ROUTING
    }
    if "retries" in headers:
        # Celery's own: a task that ran out of tries or of time would end at once.
        headers |= {"retries": 0, "eta": None, "expires": None}
    headers[REPLAY_HEADER] = letter.id
    properties = {
        name: value
        for name, value in table_from_json(letter.properties).items()
        if name not in _OF_THE_SENDER
    }
    return Message(letter.body, **{**properties, "delivery_mode": 2, "application_headers": headers})


class Replay:
    """Publishes stored letters with confirms, one transaction a letter. Use it as a context.

    Two operators at once share the letters: each is locked by whoever has it at hand. If this process dies
    between the broker's confirm and its commit, that one letter is still stored, and may be sent twice:
    tasks are idempotent.
    """

    def __init__(self, *, engine: Engine, broker: BrokerSettings, messaging: Messaging) -> None:
        self._engine = engine
        self._broker = broker
        self._messaging = messaging
        self._connection: Connection | None = None
        self._channel: Channel | None = None
        self._returned: list[BaseException] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._connection is not None:
            close(self._connection)
        self._connection = self._channel = None

    def run(self, wanted: Filter, *, limit: int) -> Iterator[Letter]:
        """Replay the oldest `limit` letters that fit, and tell of each once it is settled.

        Raises:
            ReplayError: the broker did not take one; it and those after it are stored as before.
        """
        after = 0
        for _ in range(limit):
            with self._engine.begin() as connection:
                letter = store.take(connection, wanted, after=after)
                if letter is None:
                    return
                if letter.unreadable:
                    raise ReplayError(
                        f"letter {letter.id}: its properties cannot be read, so no worker could read it."
                        " Discard it"
                    )
                with self._job_queued(letter):
                    self._publish(letter)
                store.settle(connection, letter.id, state="replayed")
            after = letter.id
            yield letter

    @contextlib.contextmanager
    def _job_queued(self, letter: Letter) -> Iterator[None]:
        """Have the letter's job wait for its task, which would pass by a failed one.

        That is committed before the message is out, by a connection of its own: a worker may be quick.
        """
        job_id = letter.job_id
        if job_id is None:
            yield
            return
        try:
            with self._engine.begin() as connection:
                reopened = store.reopen_job(connection, job_id)
        except ProgrammingError as error:
            raise ReplayError(
                f"letter {letter.id}: its job {job_id} cannot be opened again ({error.orig})."
                " Run the migrations of waste, then try again"
            ) from error
        try:
            yield
        except ReplayError:
            if reopened:
                with self._engine.begin() as connection:
                    store.close_job(connection, job_id, letter.cause)
            raise

    def _publish(self, letter: Letter) -> None:
        goal = address(letter, self._messaging)
        where = f"letter {letter.id}: {goal.routing_key or 'no routing key'}"
        self._returned.clear()
        try:
            self._open().basic_publish(
                fresh(letter),
                exchange=goal.exchange,
                routing_key=goal.routing_key,
                mandatory=True,
                confirm_timeout=_CONFIRM_SECONDS,
            )
        except MessageNacked as error:
            raise ReplayError(
                f"{where}: the queue is full, the broker refused the message. Wait until its workers have"
                " drained it, then replay the rest"
            ) from error
        except AccessRefused as error:
            self.__exit__(None, None, None)
            raise ReplayError(
                f"{where}: this account may not publish there; only tasks that messaging.json knows can be"
                " replayed. Discard the letter, or add its task to platform.yaml"
            ) from error
        except BROKER_ERRORS as error:
            self.__exit__(None, None, None)
            raise ReplayError(
                f"{where}: the broker did not confirm ({str(error) or type(error).__name__}). It may have the"
                " message all the same; the task does no harm twice. Replay it when the broker is well"
            ) from error
        if self._returned:
            raise ReplayError(
                f"{where}: no queue is bound for it: the broker's definitions do not match messaging.json"
            )

    def _open(self) -> Channel:
        if self._channel is None:
            self._connection = connect(
                self._broker, self._messaging, name="dead letters, replay", confirm=True
            )
            self._channel = open_channel(self._connection)
            self._channel.events["basic_return"].add(  # type: ignore[attr-defined]
                lambda error, *_: self._returned.append(error)
            )
        return self._channel
