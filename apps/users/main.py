"""`uvicorn apps.users.main:app`: the service's process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from zoneinfo import ZoneInfo

from fastapi import FastAPI

from apps.common.database import async_engine, database_answers
from apps.common.http import TokenVerifier, create_api
from apps.common.redis import async_redis, redis_answers
from apps.common.settings import (
    PostgresSettings,
    RedisSettings,
    ServiceSettings,
    TokenKeysSettings,
    load,
)
from apps.users import me
from apps.users.history import History
from apps.users.profiles import Profiles

PREFIX = "/api/v1/users"


def _make() -> FastAPI:
    service, tokens = load(ServiceSettings), load(TokenKeysSettings)
    postgres = load(PostgresSettings)
    engine = async_engine(postgres, application=service.service_name)
    redis = async_redis(load(RedisSettings))

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await redis.aclose()
            await engine.dispose()

    api = create_api(
        settings=service,
        title="users-service",
        prefix=PREFIX,
        lifespan=lifespan,
        routers=(me.router,),
        ready={"postgres": partial(database_answers, engine), "redis": partial(redis_answers, redis)},
    )
    api.state.records = me.Records(
        profiles=Profiles(engine, redis), history=History(engine, ZoneInfo(service.tz))
    )
    api.state.redis = redis
    api.state.tokens = TokenVerifier(tokens)
    return api


app = _make()
