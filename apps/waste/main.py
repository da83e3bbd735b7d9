"""`uvicorn apps.waste.main:app`: the service's process."""

from __future__ import annotations

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial

from fastapi import FastAPI

from apps.common.broker import AsyncPublisher, Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.database import async_engine, database_answers
from apps.common.http import TokenVerifier, create_api
from apps.common.http.health import Check
from apps.common.messaging import Messaging
from apps.common.redis import async_redis, redis_answers
from apps.common.settings import (
    BrokerSettings,
    BucketSettings,
    PostgresSettings,
    RedisSettings,
    ServiceSettings,
    TokenKeysSettings,
    load,
)
from apps.common.storage import s3_client
from apps.waste.lookup import Lookup
from apps.waste.photos import PhotoType
from apps.waste.polling import Polling
from apps.waste.routes import router
from apps.waste.settings import SubmissionSettings
from apps.waste.store import JobStore
from apps.waste.submission import Submission
from apps.waste.uploads import Uploads

PREFIX = "/api/v1/waste"


def _make() -> FastAPI:
    service, postgres, broker = load(ServiceSettings), load(PostgresSettings), load(BrokerSettings)
    bucket, keys, submissions = load(BucketSettings), load(TokenKeysSettings), load(SubmissionSettings)
    redis = async_redis(load(RedisSettings))
    engine = async_engine(postgres, application=service.service_name)
    messaging = Messaging.read(broker.messaging_file)
    publisher = AsyncPublisher(
        Publisher(celery_app(service.service_name, settings=broker, messaging=messaging))
    )
    uploads = Uploads(s3_client(), bucket=bucket.s3_bucket)
    store = JobStore(engine)
    tokens = TokenVerifier(keys)

    async def storage_signs() -> None:
        await uploads.form(uuid.uuid4(), PhotoType.JPEG)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await publisher.close()
            await redis.aclose()
            await engine.dispose()

    api = create_api(
        settings=service,
        title="waste-service",
        prefix=PREFIX,
        lifespan=lifespan,
        routers=(router,),
        ready={
            "redis": partial(redis_answers, redis),
            # Jobs can be asked for without these; but what is set up wrongly never gets ready.
            "postgres": _Once(partial(database_answers, engine)),
            "broker": _Once(publisher.reachable),
            "storage": _Once(storage_signs),
        },
    )
    api.state.redis = redis
    api.state.tokens = tokens
    api.state.polling = Polling(redis=redis, lookup=Lookup(redis), store=store, tokens=tokens)
    api.state.submission = Submission(
        redis=redis,
        store=store,
        uploads=uploads,
        publisher=publisher,
        photos_a_minute=submissions.analyze_rate_limit,
    )
    return api


class _Once:
    """A check that has to succeed once in the life of the process."""

    def __init__(self, check: Check) -> None:
        self._check = check
        self._succeeded = False

    async def __call__(self) -> object:
        if not self._succeeded:
            self._succeeded = await self._check() is not False
        return self._succeeded


app = _make()
