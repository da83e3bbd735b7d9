"""Records in Redis that nothing would end: without an expiry, or of jobs that were deleted."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import cast

from redis import Redis
from sqlalchemy import Engine, text

from apps.common.jobs.progress import PROGRESS_SECONDS
from apps.common.jobs.result import RESULT_SECONDS

_AT_A_TIME = 500
_KNOWN = text("SELECT id FROM waste.jobs WHERE id = ANY (:ids)")
_PROGRESS, _RESULT = "job:", "result:"


def limit(redis: Redis) -> int:
    """Give each record without an expiry the one that it should have had; answers how many there were."""
    return sum(
        _expire(redis, keys, seconds)
        for prefix, seconds in ((_PROGRESS, PROGRESS_SECONDS), (_RESULT, RESULT_SECONDS))
        for keys in _scanned(redis, prefix)
    )


def remove_orphans(redis: Redis, engine: Engine) -> int:
    """Remove results whose job is gone, as with its user; answers how many.

    Progress is left to its expiry: a job has it before it is in the database.
    """
    removed = 0
    for keys in _scanned(redis, _RESULT):
        jobs = {key: _job(key) for key in keys}
        with engine.connect() as connection:
            ids = [job for job in jobs.values() if job is not None]
            known = set(connection.scalars(_KNOWN, {"ids": ids}))
        orphans = [key for key, job in jobs.items() if job not in known]
        if orphans:
            removed += redis.unlink(*orphans)
    return removed


def _expire(redis: Redis, keys: Sequence[bytes], seconds: int) -> int:
    pipeline = redis.pipeline(transaction=False)
    for key in keys:
        pipeline.expire(key, seconds, nx=True)
    return sum(cast("list[bool]", pipeline.execute()))


def _scanned(redis: Redis, prefix: str) -> Iterator[list[bytes]]:
    """Keys by batches. SCAN, as KEYS would hold up everybody else."""
    found = cast("Iterator[bytes]", redis.scan_iter(match=f"{prefix}*", count=_AT_A_TIME))
    while keys := list(islice(found, _AT_A_TIME)):
        yield keys


def _job(key: bytes) -> uuid.UUID | None:
    try:
        return uuid.UUID(key.decode().removeprefix(_RESULT))
    except ValueError:
        return None
