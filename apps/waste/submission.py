"""From the announcement of a photo to the job that is accepted: in PostgreSQL and confirmed by the broker."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import Final
from uuid import UUID

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apps.common.broker import AsyncPublisher, QueueFull, Unroutable
from apps.common.http import Problem
from apps.common.http.problems import BUSY
from apps.common.jobs.progress import Progress, State, advance_async, job_key
from apps.waste import limits, photos
from apps.waste.photos import Dimensions, HeaderCut, PhotoType, Refusal, Refused
from apps.waste.problems import UPLOAD_MISSING, no_such_job, refused
from apps.waste.store import JobStore
from apps.waste.uploads import LONG_HEAD_BYTES, Arrived, Form, Uploads

FIRST_TASK: Final = "image.analyze"
_LOCK_SECONDS = 30
_WAITING_SECONDS = 5
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Submission:
    """Takes photos; safe to share between requests."""

    redis: Redis
    store: JobStore
    uploads: Uploads
    publisher: AsyncPublisher
    photos_a_minute: int

    async def promise(self, user_id: UUID, content_type: PhotoType) -> tuple[Progress, Form]:
        """A new job and the form for its photo.

        Raises:
            Problem: 429, too many in a minute; 503, the storage's keys are not to be had.
        """
        await limits.count(self.redis, user_id, limit=self.photos_a_minute)
        job = Progress.promised(
            job_id=uuid.uuid4(), user_id=user_id, content_type=content_type, request_id=_request_id()
        )
        form = await self.uploads.form(job.job_id, content_type)
        await advance_async(self.redis, job)
        return job, form

    async def complete(self, user_id: UUID, job_id: UUID) -> Progress:
        """Check the photo of a job and accept it; once it is accepted, the same again.

        Raises:
            Problem: 404, no such job of this user; 409, nothing was uploaded; 422, no usable photo; 503.
            PublishError: the broker does not take the job, which waits for the next call.
        """
        structlog.contextvars.bind_contextvars(job_id=str(job_id))
        stored = await self.store.find(job_id)
        if stored is not None and stored.published:
            return _owned(stored.progress, user_id)
        lock = self.redis.lock(
            f"lock:accept:{job_id}", timeout=_LOCK_SECONDS, sleep=0.02, blocking_timeout=_WAITING_SECONDS
        )
        if not await lock.acquire():
            raise Problem(BUSY, "The same photo is being checked already. Try again.", retry_after=2)
        try:
            return await self._accepted(user_id, job_id)
        finally:
            with suppress(RedisError):  # it ends by itself
                await lock.release()

    async def _accepted(self, user_id: UUID, job_id: UUID) -> Progress:
        stored = await self.store.find(job_id)
        if stored is not None:
            job = _owned(stored.progress, user_id)
            if stored.published:
                return job
            _log.info("publishing a job whose first publish was not confirmed")
        else:
            promised = await self._promised(user_id, job_id)
            photo, dimensions = await self._checked(promised)
            await self.store.accept(promised, photo, dimensions)
            job = promised.at(State.QUEUED)
        await self._publish(job)
        return job

    async def _promised(self, user_id: UUID, job_id: UUID) -> Progress:
        value = await self.redis.get(job_key(job_id))
        if value is None:
            raise no_such_job()
        return _owned(Progress.from_json(value), user_id)

    async def _checked(self, job: Progress) -> tuple[Arrived, Dimensions]:
        photo = await self.uploads.arrived(job.job_id)
        if photo is None:
            raise Problem(
                UPLOAD_MISSING,
                "No photo has arrived: send it to the upload address first, then call this again.",
            )
        try:
            return await self._inspected(job, photo)
        except Refused as refusal:
            await self.uploads.remove(job.job_id)
            _log.info("photo refused", reason=refusal.code, size=photo.size)
            raise refused(refusal) from None

    async def _inspected(self, job: Progress, photo: Arrived) -> tuple[Arrived, Dimensions]:
        announced = PhotoType(job.content_type or "")
        try:
            return photo, photos.inspect(photo.head, size=photo.size, announced=announced)
        except HeaderCut:
            longer = await self.uploads.arrived(job.job_id, head_bytes=LONG_HEAD_BYTES)
            try:
                if longer is not None:
                    return longer, photos.inspect(longer.head, size=longer.size, announced=announced)
            except HeaderCut:
                pass
            raise Refused(
                Refusal.MALFORMED, "The photo's dimensions cannot be found: take another one."
            ) from None

    async def _publish(self, job: Progress) -> None:
        try:
            await self.publisher.publish(FIRST_TASK, {"job_id": str(job.job_id)})
        except (QueueFull, Unroutable):
            if await self.store.withdraw(job.job_id):
                raise
            _log.warning("a worker has the job, although the broker refused it the second time")
        await self.store.published(job.job_id)
        try:
            # A worker may be further by now: then this is not written.
            await advance_async(self.redis, job)
        except RedisError as error:
            _log.warning("progress not told", reason=type(error).__name__)


def _owned(job: Progress, user_id: UUID) -> Progress:
    if job.user_id != user_id:
        raise no_such_job()
    return job


def _request_id() -> str | None:
    found = structlog.contextvars.get_contextvars().get("request_id")
    return None if found is None else str(found)
