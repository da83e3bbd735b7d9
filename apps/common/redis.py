"""Redis clients that fail soon instead of hanging, and come back by themselves."""

from __future__ import annotations

from redis import Redis
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff
from redis.retry import Retry

from apps.common.settings import RedisSettings

_SECONDS = 1.0


def async_redis(settings: RedisSettings, *, connections: int = 50) -> AsyncRedis:
    """For services: bytes in and out, one retry, a second's patience."""
    return AsyncRedis(
        host=settings.host,
        port=settings.port,
        password=settings.password.get_secret_value(),
        socket_timeout=_SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=AsyncRetry(ExponentialBackoff(cap=0.2, base=0.02), 1),
        health_check_interval=30,
        max_connections=connections,
    )


async def redis_answers(redis: AsyncRedis) -> bool:
    """The check of readiness: raises or is False when Redis does not answer."""
    return bool(await redis.ping())


def sync_redis(settings: RedisSettings, *, connections: int = 50) -> Redis:
    """For workers: bytes in and out, three retries, since nobody waits for the answer."""
    return Redis(
        host=settings.host,
        port=settings.port,
        password=settings.password.get_secret_value(),
        socket_timeout=5 * _SECONDS,
        socket_connect_timeout=_SECONDS,
        retry=Retry(ExponentialBackoff(cap=1.0, base=0.1), 3),
        health_check_interval=30,
        max_connections=connections,
    )
