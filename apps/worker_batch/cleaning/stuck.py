"""Jobs that were accepted and that nobody works on any more."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import structlog
from redis import Redis
from redis.exceptions import RedisError
from sqlalchemy import Engine, Row, text

from apps.common.jobs.progress import Failure, Progress, State, advance
from apps.common.messaging import Messaging

FAILURE = Failure(reason="stuck", detail="The analysis did not come to an end: take the photo once more.")
_AT_A_TIME = 500
# What another worker holds is not stuck: it is left alone, and so is what ends meanwhile.
_END = text("""
    UPDATE waste.jobs SET state = 'failed', failure_reason = :reason, failure_detail = :detail,
        ended_at = now(), updated_at = now()
    WHERE id IN (
        SELECT id FROM waste.jobs WHERE ended_at IS NULL AND updated_at < now() - :silent
        ORDER BY updated_at LIMIT :count FOR UPDATE SKIP LOCKED
    )
    RETURNING id, user_id, created_at, request_id, content_type
""")
_log = structlog.get_logger(__name__)


def patience(messaging: Messaging) -> timedelta:
    """How long a job may be silent: its message waits that long, and then its task runs that long."""
    task = messaging.task("image.analyze")
    return timedelta(seconds=task.ttl_seconds + task.time_limit_seconds)


def end(engine: Engine, redis: Redis, silent: timedelta) -> int:
    """Mark jobs failed that made no progress for longer than `silent`; answers how many."""
    ended = 0
    while True:
        with engine.begin() as connection:
            jobs = connection.execute(
                _END,
                {"reason": FAILURE.reason, "detail": FAILURE.detail, "silent": silent, "count": _AT_A_TIME},
            ).all()
        for job in jobs:
            _tell(redis, job)
        ended += len(jobs)
        if len(jobs) < _AT_A_TIME:
            return ended


def _tell(redis: Redis, job: Row[tuple[UUID, UUID, object, str | None, str]]) -> None:
    promised = Progress.promised(
        job_id=job.id, user_id=job.user_id, content_type=job.content_type, request_id=job.request_id
    ).model_copy(update={"created_at": job.created_at})
    _log.warning("job was stuck", job_id=str(job.id), request_id=job.request_id)
    try:
        advance(redis, promised.at(State.FAILED, failure=FAILURE))
    except RedisError as error:
        # The database has it, and is asked when a record is silent.
        _log.warning("progress not told", job_id=str(job.id), reason=str(error))
