"""Asking Kakao's map about a cell while somebody waits for the answer."""

from __future__ import annotations

import asyncio

import httpx2

from apps.common.bins.found import CellBins
from apps.common.bins.grid import Cell
from apps.common.bins.kakao import (
    KakaoMapSettings,
    LimitedBody,
    MapUnavailable,
    Page,
    Question,
    gathered,
)
from apps.common.bins.kinds import SEARCHES, Kind

DEADLINE_SECONDS = 0.8
"""What a caller is made to wait for the map, pages and all."""

_CONNECTIONS = 40


def client(settings: KakaoMapSettings) -> httpx2.AsyncClient:
    """The client for `KakaoMap`; close it."""
    return httpx2.AsyncClient(
        base_url=settings.kakao_map_base_url,
        headers=settings.headers,
        timeout=DEADLINE_SECONDS,
        limits=httpx2.Limits(max_connections=_CONNECTIONS, max_keepalive_connections=_CONNECTIONS),
        follow_redirects=False,
        trust_env=False,
    )


class KakaoMap:
    """Kakao's local search."""

    def __init__(self, http: httpx2.AsyncClient) -> None:
        self._http = http

    async def bins(self, kind: Kind, cell: Cell) -> CellBins:
        """All bins of `kind` around the cell's centre, asked with all searches at once.

        Raises:
            MapUnavailable: no usable answer before the deadline.
            MapRefused: the request or the key is wrong.
        """
        questions = [Question(search, cell) for search in SEARCHES[kind]]
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                answers = await asyncio.gather(*(self._pages(question) for question in questions))
        except TimeoutError:
            raise MapUnavailable(f"Kakao does not answer within {DEADLINE_SECONDS} s") from None
        return gathered(zip(questions, answers, strict=True))

    async def _pages(self, question: Question) -> list[Page]:
        first = await self._page(question, 1)
        return [first, *await asyncio.gather(*(self._page(question, number) for number in first.further))]

    async def _page(self, question: Question, number: int) -> Page:
        path, query = question.request(number)
        body = LimitedBody()
        try:
            async with self._http.stream("GET", path, params=query) as answer:
                async for piece in answer.aiter_bytes():
                    body.add(piece)
        except httpx2.HTTPError as error:
            # Its text may hold the address, and that where somebody is.
            raise MapUnavailable(f"Kakao does not answer: {type(error).__name__}") from None
        return Page.read(answer.status_code, body.all())
