"""Answers of the map in redis-cache, which may be away, slow, or have evicted them."""

from __future__ import annotations

import asyncio

import structlog
from pydantic import ValidationError
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apps.common.bins.found import KEPT, CellBins, cache_key
from apps.common.bins.grid import Cell
from apps.common.bins.kinds import Kind
from apps.common.telemetry.metrics import cache_requests

_SECONDS = 0.15
"""The cache is there to save time: it is not waited for."""

_REMEMBERED = 64
_LOOK_UPS = cache_requests("bins")
_log = structlog.get_logger(__name__)


class BinCache:
    """Reads and writes cells; a cache that is away is an empty one."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        # Reading a large cell costs more than the rest of a request, and near queries come together.
        self._read: dict[str, tuple[bytes, CellBins]] = {}

    async def get(self, kind: Kind, cell: Cell, *, counted: bool = True) -> CellBins | None:
        """What is known of a cell, however old.

        Args:
            counted: whether the look-up shows in the metrics.
        """
        key = cache_key(kind, cell)
        result = "error"
        try:
            async with asyncio.timeout(_SECONDS):
                value = await self._redis.get(key)
            found = self._decoded(key, value) if isinstance(value, bytes) else None
            result = "miss" if found is None else "hit"
        except (RedisError, TimeoutError, ValidationError) as error:
            _log.warning("the cache of bins cannot be read", reason=type(error).__name__)
            found = None
        if counted:
            _LOOK_UPS[result].inc()
        return found

    async def put(self, kind: Kind, cell: Cell, bins: CellBins) -> None:
        """Keep what the map said."""
        try:
            async with asyncio.timeout(_SECONDS):
                await self._redis.set(cache_key(kind, cell), bins.model_dump_json(), ex=KEPT)
        except (RedisError, TimeoutError) as error:
            _log.warning("the cache of bins cannot be written", reason=type(error).__name__)

    def _decoded(self, key: str, value: bytes) -> CellBins:
        known = self._read.pop(key, None)
        if known is None or known[0] != value:
            known = (value, CellBins.model_validate_json(value))
        self._read[key] = known
        if len(self._read) > _REMEMBERED:
            del self._read[next(iter(self._read))]
        return known[1]
