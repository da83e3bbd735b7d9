"""Redis clients that fail soon instead of hanging, and come back by themselves."""

from __future__ import annotations

from typing import TypedDict

from redis import Redis, Sentinel
from redis.asyncio import Redis as AsyncRedis
from redis.asyncio import Sentinel as AsyncSentinel
from redis.asyncio.retry import Retry as AsyncRetry
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from apps.common.settings import RedisSettings

OTHER_SENTINELS = 1
"""A sentinel that knows fewer others has just lost its memory: what it says of the master is a guess."""

_SECONDS = 1.0


class _Options(TypedDict):
    password: str
    socket_timeout: float
    socket_connect_timeout: float
    health_check_interval: int
    max_connections: int


def async_redis(settings: RedisSettings, *, connections: int = 50) -> AsyncRedis:
    """For services: bytes in and out, one retry, a second's patience."""
    retry = AsyncRetry(ExponentialBackoff(cap=0.2, base=0.02), 1)
    options = _options(settings, patience=_SECONDS, connections=connections)
    if settings.sentinels:
        sentinel = AsyncSentinel(  # type: ignore[no-untyped-call]  # the package's own stubs end here
            settings.sentinel_addresses,
            min_other_sentinels=OTHER_SENTINELS,
            sentinel_kwargs={**sentinel_options(settings), "retry": AsyncRetry(NoBackoff(), 0)},
        )
        master: AsyncRedis = sentinel.master_for(settings.master, retry=retry, **options)
        return master
    return AsyncRedis(host=settings.host, port=settings.port, retry=retry, **options)


async def redis_answers(redis: AsyncRedis) -> bool:
    """The check of readiness: raises or is False when Redis does not answer."""
    return bool(await redis.ping())


def sync_redis(settings: RedisSettings, *, connections: int = 50) -> Redis:
    """For workers: bytes in and out, three retries, since nobody waits for the answer."""
    retry = Retry(ExponentialBackoff(cap=1.0, base=0.1), 3)
    options = _options(settings, patience=5 * _SECONDS, connections=connections)
    if settings.sentinels:
        sentinel = Sentinel(  # type: ignore[no-untyped-call]  # the package's own stubs end here
            settings.sentinel_addresses,
            min_other_sentinels=OTHER_SENTINELS,
            sentinel_kwargs=sentinel_options(settings),
        )
        master: Redis = sentinel.master_for(settings.master, retry=retry, **options)  # type: ignore[no-untyped-call]
        return master
    return Redis(host=settings.host, port=settings.port, retry=retry, **options)


def sentinel_options(settings: RedisSettings) -> dict[str, object]:
    """Of connections to sentinels. One that is away is not asked twice: there are others."""
    return {
        "password": settings.password.get_secret_value(),
        "socket_timeout": _SECONDS,
        "socket_connect_timeout": _SECONDS,
        "retry": Retry(NoBackoff(), 0),
    }


def _options(settings: RedisSettings, *, patience: float, connections: int) -> _Options:
    return {
        "password": settings.password.get_secret_value(),
        "socket_timeout": patience,
        "socket_connect_timeout": _SECONDS,
        "health_check_interval": 30,
        "max_connections": connections,
    }
