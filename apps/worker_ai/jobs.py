"""Jobs as this worker sees them: PostgreSQL decides, Redis tells the app.

Every method may be called again with the same arguments, and by two workers at once. A failed job may still
come to a result, as when an operator replays its message; a result is never taken back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, Row, case, func, select, update
from sqlalchemy.dialects.postgresql import insert

from apps.common.jobs.progress import Failure, Progress, State, advance
from apps.common.jobs.result import RESULT_SECONDS, Classification, JobResult, StoredResult, result_key
from apps.common.jobs.tables import classifications, jobs

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Job:
    """A row of `waste.jobs`, as far as it matters here."""

    id: UUID
    user_id: UUID
    state: State
    object_key: str
    etag: str
    size: int
    content_type: str
    request_id: str | None
    created_at: datetime


@dataclass(frozen=True, kw_only=True)
class Classified:
    """A row of `waste.classifications`."""

    classification: Classification
    content_hash: bytes
    model: str
    cached: bool
    model_seconds: float | None = None


class Jobs:
    """Both stores of jobs."""

    def __init__(self, engine: Engine, redis: Redis) -> None:
        self._engine = engine
        self._redis = redis

    def enter(self, job_id: UUID, state: State) -> Job | None:
        """Take the job to `state`, unless it is further or has ended; None when it is gone with its user."""
        earlier = [each for each in State if each.rank < state.rank and not each.terminal]
        with self._engine.begin() as connection:
            row = connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id)
                .values(
                    state=case((jobs.c.state.in_(earlier), state), else_=jobs.c.state), updated_at=func.now()
                )
                .returning(*(jobs.c[name] for name in Job.__dataclass_fields__))
            ).one_or_none()
        if row is None:
            _log.info("job is gone")
            return None
        job = _job(row)
        if not job.state.terminal:
            self._tell(lambda: advance(self._redis, _record(job).at(job.state)))
        return job

    def classified(self, job_id: UUID) -> Classified | None:
        """What was found out for this job so far."""
        names = ("item", "material", "category", "disposal_steps", "confidence")
        others = ("content_hash", "model", "cached", "model_seconds")
        columns = [classifications.c[name] for name in (*names, *others)]
        with self._engine.connect() as connection:
            row = connection.execute(select(*columns).where(classifications.c.job_id == job_id)).one_or_none()
        if row is None:
            return None
        found = row._mapping
        return Classified(
            classification=Classification.model_validate({name: found[name] for name in names}),
            **{name: found[name] for name in others},
        )

    def save(self, job: Job, found: Classified) -> None:
        """Store what was found out; the first one stays.

        Raises:
            sqlalchemy.exc.IntegrityError: the job is gone by now; another try finds that out.
        """
        with self._engine.begin() as connection:
            connection.execute(
                insert(classifications)
                .values(
                    job_id=job.id,
                    content_hash=found.content_hash,
                    cached=found.cached,
                    model=found.model,
                    model_seconds=found.model_seconds,
                    **found.classification.model_dump(exclude={"disposal_steps"}),
                    disposal_steps=list(found.classification.disposal_steps),
                )
                .on_conflict_do_nothing()
            )

    def finish(self, job: Job, feedback: str) -> None:
        """End a classified job with its result, and tell it."""
        with self._engine.begin() as connection:
            ended = connection.execute(
                update(jobs)
                .where(jobs.c.id == job.id, jobs.c.state != State.DONE)
                .values(
                    state=State.DONE,
                    failure_reason=None,
                    failure_detail=None,
                    ended_at=func.now(),
                    updated_at=func.now(),
                )
            ).rowcount
            if ended:
                connection.execute(
                    update(classifications)
                    .where(classifications.c.job_id == job.id)
                    .values(feedback=feedback)
                )
        self.tell_result(job)

    def tell_result(self, job: Job) -> None:
        """Put the result of a job that is done where the app looks first.

        It is done again whenever a task of such a job is delivered: the first time may not have come so far.
        """
        with self._engine.connect() as connection:
            row = connection.execute(
                select(jobs.c.ended_at, classifications.c.feedback)
                .join(classifications, classifications.c.job_id == jobs.c.id)
                .where(jobs.c.id == job.id, jobs.c.state == State.DONE)
            ).one_or_none()
        found = self.classified(job.id)
        if row is None or found is None:
            _log.info("job is gone")
            return
        result = JobResult(
            job_id=job.id,
            classification=found.classification,
            feedback=row.feedback or "",
            cached=found.cached,
            finished_at=row.ended_at,
        )
        stored = StoredResult(user_id=job.user_id, result=result).model_dump_json()
        self._tell(lambda: self._redis.set(result_key(job.id), stored, ex=RESULT_SECONDS))
        self._tell(lambda: advance(self._redis, _record(job).at(State.DONE)))

    def fail(self, job_id: UUID, failure: Failure) -> None:
        """End a job without a result, unless it has ended already."""
        with self._engine.begin() as connection:
            row = connection.execute(
                update(jobs)
                .where(jobs.c.id == job_id, jobs.c.ended_at.is_(None))
                .values(
                    state=State.FAILED,
                    failure_reason=failure.reason,
                    failure_detail=failure.detail,
                    ended_at=func.now(),
                    updated_at=func.now(),
                )
                .returning(*(jobs.c[name] for name in Job.__dataclass_fields__))
            ).one_or_none()
        if row is not None:
            _log.warning("job failed", reason=failure.reason)
            record = _record(_job(row)).at(State.FAILED, failure=failure)
            self._tell(lambda: advance(self._redis, record))

    def _tell(self, write: Callable[[], object]) -> None:
        """Write what PostgreSQL has anyway, and is asked for when Redis has been silent."""
        try:
            write()
        except RedisError as error:
            _log.warning("progress not told", reason=type(error).__name__)


def _job(row: Row[tuple[object, ...]]) -> Job:
    found = dict(row._mapping)
    return Job(**{**found, "state": State(str(found["state"]))})


def _record(job: Job) -> Progress:
    """The job's record as it was promised."""
    promised = Progress.promised(
        job_id=job.id, user_id=job.user_id, content_type=job.content_type, request_id=job.request_id
    )
    return promised.model_copy(update={"created_at": job.created_at})
