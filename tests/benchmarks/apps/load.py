"""Open-loop load: requests begin when they are due, however slow the answers to those before are.

The time of an answer counts from when its request was due: what waits behind a slow answer is not left out.
"""

from __future__ import annotations

import asyncio
import time
from collections import Counter
from collections.abc import Callable, Collection, Coroutine, Iterable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import aiohttp

_SECONDS = 60
_T = TypeVar("_T")
_Begin = Callable[[float], Coroutine[Any, Any, _T]]
"""Begins what was due at a moment."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """A request.

    Attributes:
        address: of the client, within 127.0.0.0/8: whose requests share connections.
    """

    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)
    body: Any = None
    address: str = "127.0.0.1"


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What came of a request; status 0 where nothing did.

    Attributes:
        seconds: since it was due.
        late: how much of that had passed when it was sent.
    """

    status: int
    body: bytes
    headers: dict[str, str]
    seconds: float
    late: float


def offer(calls: Sequence[Call], *, rate: float) -> list[Answer]:
    """Send `calls`, `rate` of them a second at even distances; the answers are in the same order."""

    return _run(calls, lambda begun: paced(begun, rate=rate))


def hurry(calls: Sequence[Call], *, clients: int = 16) -> list[Answer]:
    """Send `calls` by so many clients, each of which sends the next one when it has its answer."""
    return _run(calls, lambda begun: _hurried(begun, clients))


def _run(
    calls: Sequence[Call], way: Callable[[Iterable[_Begin[Answer]]], Coroutine[Any, Any, list[Answer]]]
) -> list[Answer]:
    async def run() -> list[Answer]:
        async with AsyncExitStack() as stack:
            sessions = {
                address: await stack.enter_async_context(session(address))
                for address in {call.address for call in calls}
            }
            return await way(partial(send, sessions[call.address], call) for call in calls)

    return asyncio.run(run())


async def _hurried(begun: Iterable[_Begin[_T]], clients: int) -> list[_T]:
    free = asyncio.Semaphore(clients)

    async def one(begin: _Begin[_T]) -> _T:
        async with free:
            return await begin(time.perf_counter())

    return await asyncio.gather(*map(one, begun))


async def paced(begun: Iterable[_Begin[_T]], *, rate: float) -> list[_T]:
    """Begin each one when it is due, `rate` a second, and wait for all.

    Args:
        begun: begins with the moment at which it was due, by `time.perf_counter`.
    """
    start = time.perf_counter() + 0.05
    tasks = []
    for number, begin in enumerate(begun):
        due = start + number / rate
        if (rest := due - time.perf_counter()) > 0:
            await asyncio.sleep(rest)
        tasks.append(asyncio.create_task(begin(due)))
    return await asyncio.gather(*tasks)


def session(address: str = "127.0.0.1") -> aiohttp.ClientSession:
    """Connections of a client, as many as it needs; close it."""
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(limit=0, local_addr=(address, 0), keepalive_timeout=60),
        timeout=aiohttp.ClientTimeout(_SECONDS),
        cookie_jar=aiohttp.DummyCookieJar(),
    )


async def send(client: aiohttp.ClientSession, call: Call, due: float) -> Answer:
    """One request, which was due at `due`."""
    late = time.perf_counter() - due
    kind = "json" if isinstance(call.body, dict) else "data"
    try:
        async with client.request(
            call.method, call.url, headers=call.headers, allow_redirects=False, **{kind: call.body}
        ) as answer:
            body = await answer.read()
            status, headers = answer.status, dict(answer.headers)
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        status, body, headers = 0, f"{type(error).__name__}: {error}".encode(), {}
    seconds = time.perf_counter() - due
    return Answer(status=status, body=body, headers=headers, seconds=seconds, late=late)


def expect(answers: Collection[Answer], *statuses: int) -> None:
    """See that all were answered so.

    Raises:
        SystemExit: they were not: nothing has been measured. It tells the first one that is otherwise.
    """
    others = [each for each in answers if each.status not in statuses]
    if others:
        found = dict(Counter(each.status for each in answers))
        message = f"expected {statuses}, found {found}; one of them: {others[0].body[:500]!r}"
        raise SystemExit(message)


def percentile(seconds: Collection[float], part: float) -> float:
    """The smallest value that `part` of all do not exceed (nearest rank)."""
    ordered = sorted(seconds)
    return ordered[max(0, -int(-part * len(ordered) // 1) - 1)]
