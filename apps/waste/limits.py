"""How often a user may announce a photo, counted in Redis for all replicas together."""

from __future__ import annotations

from uuid import UUID

from redis.asyncio import Redis

from apps.common.http import Problem
from apps.waste.problems import TOO_MANY_PHOTOS

WINDOW_SECONDS = 60


async def count(redis: Redis, user_id: UUID, *, limit: int) -> None:
    """Count one more photo of the user, in a window of a minute that begins with its first.

    Raises:
        Problem: 429, when it is one more than `limit`; Retry-After is the end of the window.
        redis.exceptions.RedisError: Redis is away.
    """
    key = f"rate:analyze:{user_id}"
    # One transaction: no count is left without an end.
    async with redis.pipeline(transaction=True) as pipeline:
        pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
        pipeline.incr(key)
        pipeline.ttl(key)
        _, counted, seconds = await pipeline.execute()
    if counted > limit:
        raise Problem(
            TOO_MANY_PHOTOS,
            f"At most {limit} photos a minute are taken from one user. Try again after the time stated.",
            retry_after=max(1, seconds),
        )
