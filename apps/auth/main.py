"""`uvicorn apps.auth.main:app`: the service's process."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx2
import structlog
from fastapi import FastAPI

from apps.auth import login, session
from apps.auth.access import AccessTokens
from apps.auth.authority import Authority
from apps.auth.exchange import DEADLINE_SECONDS, CodeExchange
from apps.auth.limits import RateLimiter
from apps.auth.pending import PendingLogins
from apps.auth.providers import providers
from apps.auth.sessions import Sessions
from apps.auth.settings import OAuthSettings, RateLimits, TokenSettings
from apps.auth.signing import SigningKeys, SigningKeysError
from apps.auth.sweeping import sweep_for_ever
from apps.common.broker import AsyncPublisher, Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.database import async_engine, database_answers
from apps.common.http import TokenVerifier, create_api
from apps.common.messaging import Messaging
from apps.common.redis import async_redis, redis_answers
from apps.common.settings import (
    EX_CONFIG,
    BrokerSettings,
    PostgresSettings,
    RedisSettings,
    ServiceSettings,
    TokenKeysSettings,
    load,
)

PREFIX = "/api/v1/auth"

_log = structlog.get_logger(__name__)


def _make() -> FastAPI:
    service, tokens, oauth = load(ServiceSettings), load(TokenSettings), load(OAuthSettings)
    postgres, broker, limits = load(PostgresSettings), load(BrokerSettings), load(RateLimits)
    keys = _signing_keys(tokens)
    engine = async_engine(postgres, application=service.service_name)
    redis = async_redis(load(RedisSettings))
    messaging = Messaging.read(broker.messaging_file)
    publisher = Publisher(celery_app(service.service_name, settings=broker, messaging=messaging))
    client = httpx2.AsyncClient(timeout=DEADLINE_SECONDS, follow_redirects=False, trust_env=False)
    authority = Authority(
        public_url=tokens.auth_public_url,
        providers=providers(oauth),
        pending=PendingLogins(redis),
        exchange=CodeExchange(client),
        access=AccessTokens(tokens, keys),
        sessions=Sessions(engine),
        limiter=RateLimiter(redis),
        limits=limits,
        redis=redis,
        publisher=AsyncPublisher(publisher),
    )

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        if tokens.forwarded_allow_ips is None:
            _log.warning("FORWARDED_ALLOW_IPS is not set: all clients behind a proxy share one rate limit")
        sweeping = asyncio.create_task(sweep_for_ever(authority.sessions))
        try:
            yield
        finally:
            sweeping.cancel()
            with suppress(asyncio.CancelledError):
                await sweeping
            await client.aclose()
            await authority.publisher.close()
            await redis.aclose()
            await engine.dispose()

    api = create_api(
        settings=service,
        title="auth-service",
        prefix=PREFIX,
        lifespan=lifespan,
        routers=(login.router, session.router),
        ready={"postgres": partial(database_answers, engine), "redis": partial(redis_answers, redis)},
    )
    api.state.authority = authority
    api.state.redis = redis
    # The file of private keys holds the public ones: what is signed here is verified here at once.
    api.state.tokens = TokenVerifier(
        TokenKeysSettings(
            token_keys_file=tokens.signing_keys_file,
            token_issuer=tokens.token_issuer,
            token_audience=tokens.token_audience,
        )
    )
    return api


def _signing_keys(settings: TokenSettings) -> SigningKeys:
    try:
        return SigningKeys(settings.signing_keys_file)
    except SigningKeysError as error:
        _log.critical("SIGNING_KEYS_FILE cannot be used", reason=str(error))
        raise SystemExit(EX_CONFIG) from None


app = _make()
