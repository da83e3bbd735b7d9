"""Task map.search: asks Kakao's map about a cell, for the answers of locations-service."""

from __future__ import annotations

import time
from functools import cached_property

import httpx2
import structlog
from pydantic import ValidationError
from redis import Redis
from redis.exceptions import LockNotOwnedError

from apps.common.bins.found import KEPT, LOCK_SECONDS, CellBins, cache_key, lock_key
from apps.common.bins.grid import Cell
from apps.common.bins.kakao import (
    KakaoMapSettings,
    LimitedBody,
    MapRefused,
    MapUnavailable,
    Page,
    Question,
    gathered,
)
from apps.common.bins.kinds import SEARCHES, Kind
from apps.common.broker import Worker
from apps.common.redis import sync_redis
from apps.common.settings import RedisCacheSettings, RedisSettings, load

TASK = "map.search"

_PAGE_SECONDS = 5.0
_ALL_SECONDS = LOCK_SECONDS - _PAGE_SECONDS
"""Until when another page is begun: so the lock outlasts the last one."""

_WAIT_SECONDS = 3.0
_log = structlog.get_logger(__name__)


class BusyError(Exception):
    """Another process is asking about the same cell; it is looked at again."""

    reason = "busy"


class KakaoMap:
    """Kakao's local search, page after page: nobody waits."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def bins(self, kind: Kind, cell: Cell) -> CellBins:
        """All bins of `kind` around the cell's centre.

        Raises:
            MapUnavailable: no usable answer in time.
            MapRefused: the request or the key is wrong.
        """
        end = time.monotonic() + _ALL_SECONDS
        questions = [Question(search, cell) for search in SEARCHES[kind]]
        return gathered([(question, self._pages(question, end)) for question in questions])

    def _pages(self, question: Question, end: float) -> list[Page]:
        first = self._page(question, 1, end)
        return [first, *(self._page(question, number, end) for number in first.further)]

    def _page(self, question: Question, number: int, end: float) -> Page:
        if time.monotonic() > end:
            raise MapUnavailable(f"Kakao has not told all pages within {_ALL_SECONDS} s")
        path, query = question.request(number)
        body = LimitedBody()
        try:
            with self._http.stream("GET", path, params=query) as answer:
                for piece in answer.iter_bytes():
                    body.add(piece)
        except httpx2.HTTPError as error:
            # Its text may hold the address, and that where somebody is.
            raise MapUnavailable(f"Kakao does not answer: {type(error).__name__}") from None
        return Page.read(answer.status_code, body.all())


def refresh(kind: Kind, cell: Cell, *, redis: Redis, cache: Redis, kakao: KakaoMap) -> None:
    """Put what the map says of a cell into the cache, unless what is there is fresh.

    Args:
        redis: the one that does not evict, for the lock.

    Raises:
        BusyError: somebody else is asking; it is to be tried again.
        MapUnavailable, MapRefused: as the map does.
        redis.exceptions.RedisError: there is nowhere to put it.
    """
    lock = redis.lock(lock_key(kind, cell), timeout=LOCK_SECONDS, thread_local=False)
    if not lock.acquire(blocking_timeout=_WAIT_SECONDS):
        raise BusyError(f"another process has been asking about the cell for {_WAIT_SECONDS} s")
    try:
        if not _fresh(cache, cache_key(kind, cell)):
            bins = kakao.bins(kind, cell)
            cache.set(cache_key(kind, cell), bins.model_dump_json(), ex=KEPT)
            _log.info("a cell is refreshed", kind=kind, places=len(bins.places))
    finally:
        try:
            lock.release()
        except LockNotOwnedError:
            _log.warning("asking the map took longer than the lock", kind=kind)


def _fresh(cache: Redis, key: str) -> bool:
    value = cache.get(key)
    if not isinstance(value, bytes):
        return False
    try:
        return CellBins.model_validate_json(value).fresh(time.time())
    except ValidationError:
        return False


class _Process:
    """The clients of this process, made when first used: after the pool has patched."""

    def __init__(self, kakao: KakaoMapSettings, redis: RedisSettings, cache: RedisCacheSettings) -> None:
        self._kakao = kakao
        self._redis = redis
        self._cache = cache

    @cached_property
    def redis(self) -> Redis:
        return sync_redis(self._redis)

    @cached_property
    def cache(self) -> Redis:
        return sync_redis(self._cache)

    @cached_property
    def kakao(self) -> KakaoMap:
        http = httpx2.Client(
            base_url=self._kakao.kakao_map_base_url,
            headers=self._kakao.headers,
            timeout=_PAGE_SECONDS,
            follow_redirects=False,
            trust_env=False,
        )
        return KakaoMap(http)


def register(worker: Worker) -> None:
    """Make `worker` run map.search {"kind": …, "cell": …}.

    Raises:
        SystemExit: the environment lacks what the task needs.
    """
    process = _Process(load(KakaoMapSettings), load(RedisSettings), load(RedisCacheSettings))

    @worker.task(TASK, give_up_on=(ValueError, MapRefused))
    def search_map(*, kind: str, cell: str) -> None:
        refresh(Kind(kind), Cell.parse(cell), redis=process.redis, cache=process.cache, kakao=process.kakao)
