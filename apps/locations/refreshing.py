"""Having a cell refreshed while nobody waits: by api-worker, else by this process."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from redis.asyncio import Redis
from redis.exceptions import RedisError

from apps.common.bins.grid import Cell
from apps.common.bins.kakao import MapError
from apps.common.bins.kinds import Kind
from apps.common.broker import AsyncPublisher, PublishError

TASK = "map.search"

_ONCE_SECONDS = 30
"""Within which a cell is not queued again: the queue takes 100 tasks a minute, not one a request."""

_log = structlog.get_logger(__name__)


class Refreshing:
    """Queues `map.search` {"kind": …, "cell": …}, without making the caller wait for the broker.

    Args:
        instead: refreshes a cell itself; called when the broker does not take the task.
    """

    def __init__(
        self,
        redis: Redis,
        publisher: AsyncPublisher,
        instead: Callable[[Kind, Cell], Awaitable[object]],
    ) -> None:
        self._redis = redis
        self._publisher = publisher
        self._instead = instead
        self._running: dict[str, asyncio.Task[None]] = {}

    def request(self, kind: Kind, cell: Cell) -> None:
        """See to it that the cell is refreshed soon."""
        name = f"{kind}:{cell}"
        if name not in self._running:
            task = asyncio.create_task(self._refresh(kind, cell, f"refreshing:bins:{name}"))
            self._running[name] = task
            task.add_done_callback(lambda _: self._running.pop(name, None))

    async def close(self) -> None:
        """Let what has begun end."""
        await asyncio.gather(*self._running.values(), return_exceptions=True)

    async def _refresh(self, kind: Kind, cell: Cell, marker: str) -> None:
        if not await self._first(marker):
            return
        try:
            await self._publisher.publish(TASK, {"kind": str(kind), "cell": str(cell)})
        except PublishError as error:
            _log.warning("a cell is refreshed here, as it could not be queued", reason=str(error))
            try:
                await self._instead(kind, cell)
            except MapError as failure:
                _log.warning("a cell could not be refreshed", reason=str(failure))

    async def _first(self, marker: str) -> bool:
        """Whether nobody has queued the cell lately, in this process or another."""
        try:
            return bool(await self._redis.set(marker, b"1", nx=True, ex=_ONCE_SECONDS))
        except RedisError as error:
            _log.warning("a cell is not refreshed, as redis is away", reason=type(error).__name__)
            return False
