"""`uvicorn apps.locations.main:app`: the service's process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from apps.common.bins.kakao import KakaoMapSettings
from apps.common.broker import AsyncPublisher, Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.http import TokenVerifier, create_api
from apps.common.messaging import Messaging
from apps.common.redis import async_redis, redis_answers
from apps.common.settings import (
    BrokerSettings,
    RedisCacheSettings,
    RedisSettings,
    ServiceSettings,
    TokenKeysSettings,
    load,
)
from apps.locations import bins
from apps.locations.cache import BinCache
from apps.locations.finder import BinFinder
from apps.locations.kakao import KakaoMap, client

PREFIX = "/api/v1/locations"


def _make() -> FastAPI:
    service, broker, tokens = load(ServiceSettings), load(BrokerSettings), load(TokenKeysSettings)
    http = client(load(KakaoMapSettings))
    redis, redis_cache = async_redis(load(RedisSettings)), async_redis(load(RedisCacheSettings))
    messaging = Messaging.read(broker.messaging_file)
    # One line is enough for the few cells that grow old.
    publisher = AsyncPublisher(
        Publisher(celery_app(service.service_name, settings=broker, messaging=messaging), lines=1)
    )
    finder = BinFinder(redis, BinCache(redis_cache), KakaoMap(http), publisher)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await finder.close()
            await publisher.close()
            await http.aclose()
            await redis_cache.aclose()
            await redis.aclose()

    api = create_api(
        settings=service,
        title="locations-service",
        prefix=PREFIX,
        lifespan=lifespan,
        routers=(bins.router,),
        # Neither the cache nor the broker: without them bins are found all the same.
        ready={"redis": partial(redis_answers, redis)},
    )
    api.state.finder = finder
    api.state.redis = redis
    api.state.tokens = TokenVerifier(tokens)
    return api


app = _make()
