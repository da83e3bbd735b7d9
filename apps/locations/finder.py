"""Finding bins: fresh from the cache, else from the map in time, else old ones."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Annotated

import structlog
from fastapi import Depends, Request
from redis.asyncio import Redis
from redis.asyncio.lock import Lock
from redis.exceptions import RedisError

from apps.common.bins.found import LOCK_SECONDS, CellBins, lock_key
from apps.common.bins.grid import Cell
from apps.common.bins.kakao import MapError, MapRefused, MapUnavailable
from apps.common.bins.kinds import Kind
from apps.common.broker import AsyncPublisher
from apps.locations.cache import BinCache
from apps.locations.kakao import DEADLINE_SECONDS, KakaoMap
from apps.locations.refreshing import Refreshing

_LOOK_SECONDS = 0.05
_log = structlog.get_logger(__name__)


class BinFinder:
    """Answers for cells. The map is asked by one at a time a cell, in this process and among all.

    Args:
        redis: the one that does not evict, for locks.
    """

    def __init__(self, redis: Redis, cache: BinCache, kakao: KakaoMap, publisher: AsyncPublisher) -> None:
        self._redis = redis
        self._cache = cache
        self._map = kakao
        self._asking: dict[tuple[Kind, Cell], asyncio.Task[CellBins]] = {}
        self.refreshing = Refreshing(redis, publisher, self._ask_once)

    async def find(self, kind: Kind, cell: Cell) -> CellBins:
        """What is known of a cell now: fresh, or stale while it is being refreshed.

        Raises:
            MapUnavailable, MapRefused: nothing is known, and the map does not tell in time; it goes on being
                asked in the background.
        """
        known = await self._cache.get(kind, cell)
        if known is not None:
            if not known.fresh(time.time()):
                self.refreshing.request(kind, cell)
            return known
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                return await self._ask_once(kind, cell)
        except TimeoutError:
            self.refreshing.request(kind, cell)
            raise MapUnavailable(f"Kakao does not answer within {DEADLINE_SECONDS} s") from None
        except MapError as error:
            if isinstance(error, MapRefused):
                _log.error("the map refuses to answer", reason=str(error))
            else:
                self.refreshing.request(kind, cell)
            raise

    async def _ask_once(self, kind: Kind, cell: Cell) -> CellBins:
        """Ask, or wait with who asked before; a caller who leaves takes no answer from the others."""
        key = (kind, cell)
        asking = self._asking.get(key)
        if asking is None:
            asking = self._asking[key] = asyncio.create_task(self._ask(kind, cell))
            asking.add_done_callback(lambda done: self._answered(key, done))
        return await asyncio.shield(asking)

    def _answered(self, key: tuple[Kind, Cell], done: asyncio.Task[CellBins]) -> None:
        self._asking.pop(key, None)
        if not done.cancelled():
            done.exception()  # looked at: all who waited for it may have left

    async def _ask(self, kind: Kind, cell: Cell) -> CellBins:
        lock = self._redis.lock(lock_key(kind, cell), timeout=LOCK_SECONDS, thread_local=False)
        if not await _acquired(lock):
            return await self._others_answer(kind, cell)
        try:
            bins = await self._map.bins(kind, cell)
            await self._cache.put(kind, cell, bins)
        finally:
            with suppress(RedisError):  # it ends by itself
                await lock.release()
        return bins

    async def _others_answer(self, kind: Kind, cell: Cell) -> CellBins:
        """What another process, which is asking now, puts into the cache."""
        with suppress(TimeoutError):
            async with asyncio.timeout(DEADLINE_SECONDS):
                while True:
                    await asyncio.sleep(_LOOK_SECONDS)
                    known = await self._cache.get(kind, cell, counted=False)
                    if known is not None and known.fresh(time.time()):
                        return known
        raise MapUnavailable("another process is asking Kakao and has no answer yet")

    async def close(self) -> None:
        """Let what has begun end."""
        await self.refreshing.close()
        await asyncio.gather(*self._asking.values(), return_exceptions=True)


async def _acquired(lock: Lock) -> bool:
    """Whether the caller may ask: also when there is no Redis to say who else does."""
    try:
        return bool(await lock.acquire(blocking=False))
    except RedisError as error:
        _log.warning("the map is asked without a lock", reason=type(error).__name__)
        return True


def _finder(request: Request) -> BinFinder:
    finder: BinFinder = request.app.state.finder
    return finder


TheFinder = Annotated[BinFinder, Depends(_finder)]
"""The type of a route's parameter that takes it."""
