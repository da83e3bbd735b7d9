"""Jobs in PostgreSQL, as far as this service has to do with them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine

from apps.common.jobs.progress import Failure, Progress, State
from apps.common.jobs.result import Classification, JobResult
from apps.common.jobs.tables import classifications, jobs
from apps.waste.photos import Dimensions
from apps.waste.uploads import Arrived, key_of


@dataclass(frozen=True, kw_only=True)
class Stored:
    """A job that was accepted, or is about to be."""

    progress: Progress
    published: bool
    """Whether the broker is known to have its first task."""


class JobStore:
    """Raises sqlalchemy.exc.SQLAlchemyError from every method when PostgreSQL is away."""

    def __init__(self, engine: AsyncEngine) -> None:
        # One statement needs no transaction around it: that is two round trips less.
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    async def find(self, job_id: UUID) -> Stored | None:
        """The job, whoever's it is."""
        columns = (
            jobs.c.user_id,
            jobs.c.state,
            jobs.c.created_at,
            jobs.c.updated_at,
            jobs.c.request_id,
            jobs.c.content_type,
            jobs.c.failure_reason,
            jobs.c.failure_detail,
            jobs.c.published_at,
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(select(*columns).where(jobs.c.id == job_id))).one_or_none()
        if row is None:
            return None
        state = State(row.state)
        failure = None
        if row.failure_reason is not None:
            failure = Failure(reason=row.failure_reason, detail=row.failure_detail or "")
        progress = Progress(
            job_id=job_id,
            user_id=row.user_id,
            state=state,
            progress=state.percent,
            created_at=row.created_at,
            updated_at=row.updated_at,
            request_id=row.request_id,
            content_type=row.content_type,
            failure=failure,
        )
        # A task that has begun was published, whatever could be noted of it.
        return Stored(progress=progress, published=row.published_at is not None or state is not State.QUEUED)

    async def accept(self, job: Progress, photo: Arrived, dimensions: Dimensions) -> None:
        """Store a job before it is published; a second time changes nothing."""
        statement = insert(jobs).values(
            id=job.job_id,
            user_id=job.user_id,
            state=State.QUEUED,
            object_key=key_of(job.job_id),
            etag=photo.etag,
            content_type=job.content_type,
            size=photo.size,
            width=dimensions.width,
            height=dimensions.height,
            request_id=job.request_id,
            created_at=job.created_at,
        )
        async with self._engine.connect() as connection:
            await connection.execute(statement.on_conflict_do_nothing())

    async def published(self, job_id: UUID) -> None:
        """Note that the broker has the job's first task."""
        statement = update(jobs).where(jobs.c.id == job_id, jobs.c.published_at.is_(None))
        async with self._engine.connect() as connection:
            await connection.execute(statement.values(published_at=func.now()))

    async def withdraw(self, job_id: UUID) -> bool:
        """Remove a job that the broker refused; False when a worker has it in spite of that."""
        statement = delete(jobs).where(
            jobs.c.id == job_id, jobs.c.state == State.QUEUED, jobs.c.published_at.is_(None)
        )
        async with self._engine.connect() as connection:
            return (await connection.execute(statement)).rowcount == 1

    async def result(self, job_id: UUID) -> JobResult | None:
        """What a job that is done found out."""
        names = tuple(Classification.model_fields)
        columns = (*(classifications.c[name] for name in names), classifications.c.feedback)
        query = (
            select(*columns, classifications.c.cached, jobs.c.ended_at)
            .join_from(jobs, classifications)
            .where(jobs.c.id == job_id, jobs.c.state == State.DONE)
        )
        async with self._engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        ended_at: datetime = row.ended_at
        return JobResult(
            job_id=job_id,
            classification=Classification.model_validate({name: row._mapping[name] for name in names}),
            feedback=row.feedback or "",
            cached=row.cached,
            finished_at=ended_at,
        )
