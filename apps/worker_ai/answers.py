"""The model's answers by the photo's content: one call for each content, whoever asks and how often.

They lie in the Redis that never evicts. Answers are not results: whether one is usable is decided by the
reader that is passed in.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread
from typing import Final
from uuid import UUID

import structlog
from pydantic import BaseModel, ConfigDict
from redis import Redis
from redis.exceptions import LockError, RedisError
from redis.lock import Lock

from apps.common.jobs.progress import content_key
from apps.worker_ai.failures import ModelUnavailable
from apps.worker_ai.vision import Reply

ANSWER_SECONDS: Final = 3600
"""Longer than a job's three tasks wait and run, with all their tries."""

CALLS: Final = 2
"""How often one content is shown to the model when it writes what cannot be used."""

_UNUSABLE_SECONDS = 60
"""How long nobody asks again for a photo that the model cannot answer."""

_LEASE_SECONDS = 10
_LOOK_SECONDS = 0.1
_PATIENCE_SECONDS = 30
_SHORT_HOLD_SECONDS = 2
_OUTAGE_SECONDS = 60
_HOLD = "model:hold"
_log = structlog.get_logger(__name__)


class Answer(BaseModel):
    """What the model wrote about a content."""

    model_config = ConfigDict(frozen=True)

    text: str
    model: str
    seconds: float
    asked_by: UUID
    """The job for which the model was called; others share the answer."""
    calls: int


class Answers:
    """Who wants an answer that is not there yet asks for it, one for all; the others wait."""

    def __init__(self, redis: Redis, *, usable: Callable[[str], bool]) -> None:
        self._redis = redis
        self._usable = usable

    def get(self, digest: bytes) -> Answer | None:
        """The last answer about a content, usable or not.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        value = self._redis.get(_key(digest))
        return None if value is None else Answer.model_validate_json(value)

    def assign(self, job: UUID, digest: bytes) -> None:
        """Note which content a job is about, for its next task.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        self._redis.set(content_key(job), digest.hex(), ex=ANSWER_SECONDS)

    def assigned(self, job: UUID) -> tuple[bytes, Answer] | None:
        """The content that a job is about, with the answer; None where either is lost.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        value = self._redis.get(content_key(job))
        if value is None:
            return None
        digest = bytes.fromhex(value.decode() if isinstance(value, bytes) else value)
        answer = self.get(digest)
        return None if answer is None else (digest, answer)

    def obtain(self, digest: bytes, job: UUID, ask: Callable[[], Reply]) -> Answer:
        """The answer about a content: one that is there, else by `ask`, unless another job is asking.

        An answer that is still unusable after `CALLS` calls is returned as it is.

        Raises:
            ModelUnavailable: the model did not answer, wants to be left alone, or took another job too long.
            redis.exceptions.RedisError: Redis is away.
        """
        lock = self._redis.lock(f"asking:{digest.hex()}", timeout=_LEASE_SECONDS, thread_local=False)
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            answer = self.get(digest)
            if answer is not None and self._settled(answer):
                return answer
            if lock.acquire(blocking=False):
                with _held(lock):
                    return self._ask(digest, job, ask)
            if time.monotonic() > deadline:
                raise ModelUnavailable("another job has been asking about the same photo for long")
            time.sleep(_LOOK_SECONDS)

    def _ask(self, digest: bytes, job: UUID, ask: Callable[[], Reply]) -> Answer:
        # Between the last look and the lock another job may have answered.
        answer = self.get(digest)
        while answer is None or not self._settled(answer):
            self._wait_for_the_model()
            try:
                reply = ask()
            except ModelUnavailable as error:
                self._hold(error.retry_after)
                raise
            answer = Answer(
                text=reply.text,
                model=reply.model,
                seconds=reply.seconds,
                asked_by=job,
                calls=1 if answer is None else answer.calls + 1,
            )
            self._keep(digest, answer)
        return answer

    def _settled(self, answer: Answer) -> bool:
        return answer.calls >= CALLS or self._usable(answer.text)

    def _keep(self, digest: bytes, answer: Answer) -> None:
        """Store what was paid for, even if Redis has to come back for it first."""
        seconds = ANSWER_SECONDS if self._usable(answer.text) else _UNUSABLE_SECONDS
        deadline = time.monotonic() + _OUTAGE_SECONDS
        while True:
            try:
                self._redis.set(_key(digest), answer.model_dump_json(), ex=seconds)
            except RedisError as error:
                if time.monotonic() > deadline:
                    raise
                _log.warning("answer not stored yet", reason=type(error).__name__)
                time.sleep(_LOOK_SECONDS)
            else:
                return

    def _hold(self, seconds: float) -> None:
        """Let no worker call the model for as long as it asked to be left alone."""
        if seconds > 0:
            with suppress(RedisError):  # then each worker is told by the model itself
                self._redis.set(_HOLD, b"1", px=int(seconds * 1000) + 1)

    def _wait_for_the_model(self) -> None:
        while (milliseconds := int(self._redis.pttl(_HOLD))) > 0:
            left = milliseconds / 1000
            if left > _SHORT_HOLD_SECONDS:
                raise ModelUnavailable(f"the model is to be left alone for {left:.0f} s", retry_after=left)
            time.sleep(left)


@contextmanager
def _held(lock: Lock) -> Iterator[None]:
    """Keep `lock` for as long as this lasts; a worker that dies loses it within `_LEASE_SECONDS`."""
    over = Event()

    def renew() -> None:
        while not over.wait(_LEASE_SECONDS / 4):
            try:
                lock.reacquire()
            except LockError:  # it expired while this process stood still: somebody else may ask by now
                return
            except RedisError:
                continue

    thread = Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        with suppress(LockError, RedisError):
            lock.release()


def _key(digest: bytes) -> str:
    return f"answer:{digest.hex()}"
