"""How far a job is: its record in Redis, which the app polls twice a second.

A record only ever goes forward. Tasks are delivered again, out of order and to several workers at once; an
old one must not undo what a newer one has told. That is decided inside Redis, by a script.
"""

from __future__ import annotations

from collections.abc import Awaitable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated, Final, cast
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field
from redis import Redis
from redis.asyncio import Redis as AsyncRedis

PROGRESS_SECONDS: Final = 3600
"""How long a record outlives its last change."""


class State(StrEnum):
    """Where a job is, from its promise to its end."""

    AWAITING_UPLOAD = "awaiting-upload"
    QUEUED = "queued"
    ANALYZING = "analyzing"
    IDENTIFYING = "identifying"
    COMPOSING = "composing"
    FAILED = "failed"
    DONE = "done"

    @property
    def terminal(self) -> bool:
        """Whether nothing follows."""
        return self in {State.FAILED, State.DONE}

    @property
    def rank(self) -> int:
        """What is told of a later state is not overwritten by an earlier one.

        A result that comes after all beats a failure: an operator may have replayed a dead letter.
        """
        return _RANKS[self]

    @property
    def percent(self) -> int:
        """A figure for the app's progress bar, 0 to 100."""
        return _PERCENT[self]


_RANKS = {state: rank for rank, state in enumerate(State)}
_PERCENT = {
    State.AWAITING_UPLOAD: 0,
    State.QUEUED: 10,
    State.ANALYZING: 25,
    State.IDENTIFYING: 70,
    State.COMPOSING: 85,
    State.FAILED: 100,
    State.DONE: 100,
}


class Failure(BaseModel):
    """Why a job came to nothing."""

    model_config = ConfigDict(frozen=True)

    reason: Annotated[
        str, Field(examples=["image-undecodable"], description="One of a fixed list, kebab-case.")
    ]
    detail: Annotated[str, Field(examples=["The photo is damaged: take another one."])]


class Progress(BaseModel):
    """The record of a job."""

    model_config = ConfigDict(frozen=True)

    job_id: UUID
    user_id: UUID
    state: State
    progress: Annotated[int, Field(ge=0, le=100)]
    created_at: datetime
    updated_at: datetime
    request_id: str | None = None
    """Of the request that accepted the job: it leads from a job to its log lines."""
    content_type: str | None = None
    """What the app said it would upload; the form that it was given binds it to that."""
    failure: Failure | None = None

    @classmethod
    def promised(
        cls, *, job_id: UUID, user_id: UUID, content_type: str, request_id: str | None = None
    ) -> Progress:
        """The record of a job whose photo has yet to be uploaded."""
        now = datetime.now(UTC)
        return cls(
            job_id=job_id,
            user_id=user_id,
            state=State.AWAITING_UPLOAD,
            progress=State.AWAITING_UPLOAD.percent,
            created_at=now,
            updated_at=now,
            request_id=request_id,
            content_type=content_type,
        )

    def at(self, state: State, *, failure: Failure | None = None) -> Progress:
        """The record as it is from now on.

        Raises:
            ValueError: a failure without `failed`, or the other way round.
        """
        if (state is State.FAILED) != (failure is not None):
            message = f"a job that is {state} {'needs a' if state is State.FAILED else 'has no'} failure"
            raise ValueError(message)
        now = datetime.now(UTC)
        return self.model_copy(
            update={"state": state, "progress": state.percent, "updated_at": now, "failure": failure}
        )

    def to_json(self) -> bytes:
        """The value in Redis."""
        return self.model_dump_json(exclude_none=True).encode()

    @classmethod
    def from_json(cls, value: bytes | str) -> Progress:
        """Read a value of Redis.

        Raises:
            pydantic.ValidationError: it is no record.
        """
        return cls.model_validate_json(value)


def job_key(job_id: UUID | str) -> str:
    """Where a job's record lies in Redis."""
    return f"job:{job_id}"


def content_key(job_id: UUID) -> str:
    """Where one task of a job tells the next one which content it is about."""
    return f"content:{job_id}"


_ADVANCE = """
local old = redis.call('GET', KEYS[1])
if old then
  local state = cjson.decode(old).state
  if cjson.decode(ARGV[3])[state] > tonumber(ARGV[2]) then return 0 end
end
redis.call('SET', KEYS[1], ARGV[1], 'EX', ARGV[4])
return 1
"""
_RANKS_JSON = "{" + ",".join(f'"{state}":{rank}' for state, rank in _RANKS.items()) + "}"


def _arguments(record: Progress) -> tuple[str, int, str, bytes, int, str, int]:
    return (
        _ADVANCE,
        1,
        job_key(record.job_id),
        record.to_json(),
        record.state.rank,
        _RANKS_JSON,
        PROGRESS_SECONDS,
    )


def advance(redis: Redis, record: Progress) -> bool:
    """Write `record`, unless the job is further already; whether it was written.

    Raises:
        redis.exceptions.RedisError: Redis is away. Progress is for show: a worker goes on without it.
    """
    return bool(redis.eval(*_arguments(record)))


_REPLACE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3])
return 1
"""


async def replace_async(redis: AsyncRedis, old: bytes, record: Progress) -> bool:
    """Write `record` in the place of `old`, whatever its state; False when that is not there any more.

    That is for what PostgreSQL has decided, as when a failed job's message is replayed.

    Raises:
        redis.exceptions.RedisError: Redis is away.
    """
    arguments = (_REPLACE, 1, job_key(record.job_id), old, record.to_json(), PROGRESS_SECONDS)
    return bool(await cast("Awaitable[int]", redis.eval(*arguments)))


async def advance_async(redis: AsyncRedis, record: Progress) -> bool:
    """As `advance`, for services."""
    return bool(await cast("Awaitable[int]", redis.eval(*_arguments(record))))
