"""How far a job is and what it found: asked far more often than anything else, so Redis is asked once.

PostgreSQL knows what Redis lost, and what only it was told: the end of a job whose message died, and that the
message is replayed. It is asked when there is no record, when a record that should change has not, and about
a failure, which a replay takes back.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError

from apps.common.http import Problem, TokenVerifier, User
from apps.common.http.identity import unauthorized
from apps.common.jobs.progress import Failure, Progress, State, job_key, replace_async
from apps.common.jobs.result import StoredResult, result_key
from apps.waste.answers import JobStatus
from apps.waste.lookup import Lookup
from apps.waste.problems import ANALYSIS_FAILED, NOT_FINISHED, no_such_job
from apps.waste.store import JobStore

SILENCE: Final = timedelta(seconds=5)
"""A job whose record is older may have ended without a word in Redis."""

_ASKED_SECONDS = 5
_ENDED = frozenset(state for state in State if state.terminal)
_Key = Callable[[UUID], str]
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Polling:
    """Answers as JSON; safe to share between requests."""

    redis: Redis
    lookup: Lookup
    store: JobStore
    tokens: TokenVerifier

    async def status(self, token: str, job_text: str) -> bytes:
        """How far the job is, as `JobStatus`.

        Raises:
            Problem: 401, the token is not valid; 404, no such job of its user.
        """
        user, job_id, (record,) = await self._known(token, job_text, job_key)
        if record is None:
            job = await self._stored(user, job_id)
            return JobStatus.of(job).model_dump_json().encode()
        # Not by the models: validating costs more than all the rest of this route.
        found = json.loads(record)
        if found["user_id"] != str(user.id):
            raise no_such_job()
        if _doubtful(found["state"], found["updated_at"]):
            job = await self._newer(record)
            return JobStatus.of(job).model_dump_json().encode()
        answer = {
            "job_id": found["job_id"],
            "state": found["state"],
            "progress": found["progress"],
            "created_at": found["created_at"],
            "updated_at": found["updated_at"],
            "failure": found.get("failure"),
        }
        return json.dumps(answer, separators=(",", ":")).encode()

    async def result(self, token: str, job_text: str) -> bytes:
        """What the job found, as `JobResult`.

        Raises:
            Problem: 401 and 404 as `status`; 409, it has not ended; 422, it failed.
        """
        user, job_id, (stored, record) = await self._known(token, job_text, result_key, job_key)
        if stored is not None:
            kept = StoredResult.model_validate_json(stored)
            if kept.user_id != user.id:
                raise no_such_job()
            return kept.result.model_dump_json().encode()
        job = None if record is None else Progress.from_json(record)
        if job is not None and job.user_id != user.id:
            raise no_such_job()
        if job is None or job.state is State.DONE:
            job = await self._stored(user, job_id)
        elif record is not None and _doubtful(job.state, job.updated_at):
            job = await self._newer(record)
        return await self._from_database(job)

    async def _from_database(self, job: Progress) -> bytes:
        if job.failure is not None:
            raise _failed(job.failure)
        result = await self.store.result(job.job_id) if job.state is State.DONE else None
        if result is None:
            raise Problem(
                NOT_FINISHED,
                f"The job is {job.state}: ask for its status until it is done.",
                retry_after=1,
                state=job.state.value,
            )
        return result.model_dump_json().encode()

    async def _known(self, token: str, job_text: str, *keys: _Key) -> tuple[User, UUID, list[bytes | None]]:
        """Who asks, for which job, and what Redis holds under `keys` of it: one round trip."""
        user = self.tokens.verify(token)
        try:
            job_id = UUID(job_text)
        except ValueError:
            job_id = None
        wanted = () if job_id is None else tuple(key(job_id) for key in keys)
        revoked, all_revoked, *values = await self.lookup.values((*user.revocation_keys, *wanted))
        if revoked is not None or all_revoked is not None:
            raise unauthorized("The access token has been revoked: log in again.")
        if job_id is None:
            raise no_such_job()
        return user, job_id, values

    async def _stored(self, user: User, job_id: UUID) -> Progress:
        stored = await self.store.find(job_id)
        if stored is None or stored.progress.user_id != user.id:
            raise no_such_job()
        return stored.progress

    async def _newer(self, record: bytes) -> Progress:
        """What PostgreSQL knows of a doubtful job, asked by one poll in five seconds, for all replicas."""
        known = Progress.from_json(record)
        key = f"asked:{known.job_id}"
        if not await self.redis.set(key, b"", ex=_ASKED_SECONDS, nx=True):
            return known
        try:
            stored = await self.store.find(known.job_id)
        except SQLAlchemyError as error:
            _log.warning("a job could not be looked up", reason=type(error).__name__)
            return known
        if stored is None or not _later(stored.progress.state, than=known.state):
            return known
        try:
            await replace_async(self.redis, record, stored.progress)
        except RedisError as error:
            _log.warning("progress not told", reason=type(error).__name__)
        return stored.progress


def _doubtful(state: str, updated_at: datetime | str) -> bool:
    """Whether PostgreSQL may know better than a record of Redis."""
    if state in _ENDED:
        return state == State.FAILED
    moment = datetime.fromisoformat(updated_at) if isinstance(updated_at, str) else updated_at
    return datetime.now(UTC) - moment > SILENCE


def _later(state: State, *, than: State) -> bool:
    """Whether PostgreSQL's state of a job follows that of its record; a replayed job begins again."""
    return state is not than if than is State.FAILED else state.rank > than.rank


def _failed(failure: Failure) -> Problem:
    return Problem(ANALYSIS_FAILED, failure.detail or failure.reason, reason=failure.reason)
