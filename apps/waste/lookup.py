"""Reads from Redis that are asked at the same moment travel together."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Final, cast

from redis.asyncio import Redis

_MOST: Final = 300
"""Keys of one command: Redis serves nobody else meanwhile."""


class Lookup:
    """Reads values; requests that come while others are under way share the next command.

    A round trip costs the service as much as all the rest of a poll. The busier it is, the more requests
    share one; a single request waits for nobody.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._waiting: list[tuple[Sequence[str], asyncio.Future[list[bytes | None]]]] = []
        self._reading: asyncio.Task[None] | None = None

    async def values(self, keys: Sequence[str]) -> list[bytes | None]:
        """The values of `keys`, None for each that there is not.

        Raises:
            redis.exceptions.RedisError: Redis is away.
        """
        future: asyncio.Future[list[bytes | None]] = asyncio.get_running_loop().create_future()
        self._waiting.append((keys, future))
        if self._reading is None:
            self._reading = asyncio.create_task(self._read())
        return await future

    async def _read(self) -> None:
        try:
            while self._waiting:
                # Whoever is in the same turn of the loop comes along.
                await asyncio.sleep(0)
                taken = self._take()
                try:
                    found = cast(
                        "list[bytes | None]",
                        await self._redis.mget([key for keys, _ in taken for key in keys]),
                    )
                except Exception as error:  # each who asked is told
                    for _, future in taken:
                        if not future.done():
                            future.set_exception(error)
                    continue
                at = 0
                for keys, future in taken:
                    if not future.done():  # it is when its request was given up
                        future.set_result(found[at : at + len(keys)])
                    at += len(keys)
        finally:
            self._reading = None

    def _take(self) -> list[tuple[Sequence[str], asyncio.Future[list[bytes | None]]]]:
        count = keys = 0
        while count < len(self._waiting) and keys < _MOST:
            keys += len(self._waiting[count][0])
            count += 1
        taken, self._waiting = self._waiting[:count], self._waiting[count:]
        return taken
