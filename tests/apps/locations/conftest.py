"""locations-service and api-worker as processes, on real servers, with a map to ask."""

from __future__ import annotations

import time
from uuid import uuid4

import pytest

from apps.common.bins.found import CellBins, cache_key
from apps.common.bins.grid import Cell, Point
from apps.common.bins.kinds import Kind
from tests.apps.services import Service
from tests.apps.tokens import Tokens
from tests.servers.kakao_map import KakaoMap, scattered

BINS = "/api/v1/locations/bins"
CITY_HALL = Point(37.5666805, 126.9784147)
WORD = "의류수거함"
MINUTE, DAY = 60, 24 * 3600


def scattered_bins(count=40, metres=1500, seed=7, word=WORD):
    """Bins around the city hall."""
    return scattered(
        seed, count, word=word, latitude=CITY_HALL.latitude, longitude=CITY_HALL.longitude, metres=metres
    )


class Locations(Service):
    """The service, asked by one user."""

    def __init__(self, environment, tokens, *, cache, folder):
        super().__init__("locations-service", environment, folder=folder)
        self._cache = cache
        self.bearer = tokens.bearer(uuid4())

    def ask(self, at=CITY_HALL, *, kind="clothing", **query):
        query = {"latitude": at.latitude, "longitude": at.longitude, "kind": kind, **query}
        return self.http.get(BINS, params=query, headers=self.bearer)

    def cached(self, at=CITY_HALL, *, kind="clothing", radius=1000):
        """What the cache holds for a query."""
        with self._cache.client() as client:
            value = client.get(cache_key(Kind(kind), Cell.of(at, radius)))
        return None if value is None else CellBins.model_validate_json(value)

    def age(self, seconds, at=CITY_HALL, *, kind="clothing", radius=1000):
        """Let the cached answer be as old as that."""
        bins = self.cached(at, kind=kind, radius=radius)
        older = bins.model_copy(update={"fetched_at": time.time() - seconds})
        with self._cache.client() as client:
            client.set(cache_key(Kind(kind), Cell.of(at, radius)), older.model_dump_json(), keepttl=True)


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    return Tokens(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(scope="module")
def kakao_map():
    server = KakaoMap().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def environment(redis_server, redis_cache_server, rabbitmq, kakao_map, tokens):
    return (
        redis_server.environment()
        | redis_cache_server.environment()
        | rabbitmq.environment("locations-service")
        | kakao_map.environment()
        | tokens.environment()
    )


@pytest.fixture(scope="module")
def running(environment, tokens, redis_cache_server, tmp_path_factory):
    service = Locations(
        environment, tokens, cache=redis_cache_server, folder=tmp_path_factory.mktemp("service")
    )
    yield service
    service.close()


@pytest.fixture
def locations(running, redis_server, redis_cache_server, rabbitmq, kakao_map):
    """The service, with nothing in Redis and the queues, and a map that is well and empty."""
    redis_server.flush()
    redis_cache_server.flush()
    rabbitmq.purge_all()
    kakao_map.reset()
    yield running
    kakao_map.reset()
