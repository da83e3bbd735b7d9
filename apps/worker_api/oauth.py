"""Task oauth.verify: has the provider confirm the id token of a log-in; one that it does not confirm ends.

auth-service has held the token's claims against the log-in before; here its issuer is asked whether it signed
such a token at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Literal, Protocol
from uuid import UUID

import httpx2
import structlog
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from redis import Redis
from sqlalchemy import Engine, text

from apps.common.broker import Worker
from apps.common.database import engine
from apps.common.redis import sync_redis
from apps.common.settings import PostgresSettings, RedisSettings, ServiceSettings, load

TASK = "oauth.verify"
_SECONDS = 5.0
_REVOKED_SECONDS = 15 * 60 + 15
"""An access token lives for 15 minutes, and verifiers' clocks may differ: longer nothing need be listed."""

_log = structlog.get_logger(__name__)

Provider = Literal["kakao", "google"]
Reason = Literal["refused", "expired", "undelivered"]


def _without_slash(url: str) -> str:
    return url.rstrip("/")


class OAuthSettings(BaseSettings):
    """Where the providers are asked, and as whom."""

    model_config = SettingsConfigDict(frozen=True)

    kakao_oauth_base_url: Annotated[str, AfterValidator(_without_slash)]
    kakao_client_id: str
    google_oauth_base_url: Annotated[str, AfterValidator(_without_slash)]
    google_client_id: str


class ProviderFailedError(Exception):
    """The provider said neither yes nor no; it is asked again."""


class _TokenInfo(BaseModel):
    """What is used of a provider's word about an id token."""

    model_config = ConfigDict(frozen=True)

    aud: str
    sub: str


class TokenInfo(Protocol):
    """Asks a provider about an id token."""

    def confirms(self, provider: Provider, id_token: str, subject: str) -> bool:
        """Whether it issued `id_token` to us for `subject`.

        Raises:
            ProviderFailedError: no usable answer.
        """


class TokenInfoEndpoint:
    """The providers' tokeninfo endpoints."""

    def __init__(self, settings: OAuthSettings, client: httpx2.Client) -> None:
        self._client = client
        self._clients: Mapping[Provider, str] = {
            "kakao": settings.kakao_client_id,
            "google": settings.google_client_id,
        }
        self._kakao = f"{settings.kakao_oauth_base_url}/oauth/tokeninfo"
        self._google = f"{settings.google_oauth_base_url}/tokeninfo"

    def confirms(self, provider: Provider, id_token: str, subject: str) -> bool:
        """As the protocol says."""
        try:
            if provider == "kakao":
                answer = self._client.post(self._kakao, data={"id_token": id_token})
            else:
                answer = self._client.get(self._google, params={"id_token": id_token})
        except httpx2.HTTPError as error:
            # Its text may hold the address, and that the token.
            raise ProviderFailedError(f"{provider} does not answer: {type(error).__name__}") from None
        if answer.status_code in {httpx2.codes.BAD_REQUEST, httpx2.codes.UNAUTHORIZED}:
            return False
        if answer.status_code != httpx2.codes.OK:
            raise ProviderFailedError(f"{provider} answers {answer.status_code}")
        try:
            told = _TokenInfo.model_validate_json(answer.content)
        except ValidationError:
            raise ProviderFailedError(f"{provider} answers what is no token's description") from None
        return (told.aud, told.sub) == (self._clients[provider], subject)


class Logins:
    """The log-ins in schema auth, and what Redis knows of them.

    The statements are written out, because the tables belong to auth-service and an app imports no other.
    """

    def __init__(self, database: Engine, redis: Redis) -> None:
        self._database = database
        self._redis = redis

    def unconfirmed(self, login: UUID) -> tuple[Provider, str] | None:
        """Provider and subject of a log-in that is still to be confirmed; None when there is none."""
        query = text(
            "SELECT f.provider, i.subject FROM auth.families f"
            " JOIN auth.identities i ON i.user_id = f.user_id AND i.provider = f.provider"
            " WHERE f.id = :login AND f.confirmed_at IS NULL AND f.revoked_at IS NULL"
        )
        with self._database.connect() as connection:
            row = connection.execute(query, {"login": login}).one_or_none()
        return None if row is None else (row.provider, row.subject)

    def id_token(self, login: UUID) -> str | None:
        """The id token that waits for the task; None when its time is over."""
        found = self._redis.get(_key(login))
        return found.decode() if isinstance(found, bytes) else None

    def confirm(self, login: UUID) -> None:
        """Note that the provider has confirmed."""
        statement = text("UPDATE auth.families SET confirmed_at = now() WHERE id = :login")
        with self._database.begin() as connection:
            connection.execute(statement, {"login": login})
        self._redis.delete(_key(login))

    def revoke(self, login: UUID) -> None:
        """End the family, and have every service refuse the access tokens that were issued in it."""
        revoked = text(
            "UPDATE auth.families SET revoked_at = now(), revoked_reason = 'unconfirmed'"
            " WHERE id = :login AND revoked_at IS NULL"
        )
        issued = text(
            "SELECT access_id FROM auth.refresh_tokens WHERE family_id = :login AND access_expires_at > now()"
        )
        with self._database.begin() as connection:
            connection.execute(revoked, {"login": login})
            grants = connection.scalars(issued, {"login": login}).all()
            # Before the commit: when Redis does not answer, the family is still to be ended at the next try.
            for grant in grants:
                self._redis.set(f"revoked:token:{grant}", b"1", ex=_REVOKED_SECONDS)
        self._redis.delete(_key(login))


def _key(login: UUID) -> str:
    return f"oauth:login:{login}"


def verify(login: UUID, logins: Logins, providers: TokenInfo) -> None:
    """Confirm `login` or end it; one that is confirmed, ended or gone needs nothing.

    Raises:
        ProviderFailedError: it is to be tried again.
    """
    found = logins.unconfirmed(login)
    if found is None:
        return
    provider, subject = found
    id_token = logins.id_token(login)
    if id_token is None:
        _end(login, logins, "expired")
    elif providers.confirms(provider, id_token, subject):
        logins.confirm(login)
    else:
        _end(login, logins, "refused")


def _end(login: UUID, logins: Logins, reason: Reason) -> None:
    logins.revoke(login)
    _log.warning("a log-in that its provider did not confirm has been ended", login=str(login), reason=reason)


class _Process:
    """The clients of this process, made when first used: after the pool has patched or forked."""

    def __init__(
        self,
        service: ServiceSettings,
        settings: OAuthSettings,
        postgres: PostgresSettings,
        redis: RedisSettings,
    ) -> None:
        self._service = service
        self._settings = settings
        self._postgres = postgres
        self._redis = redis

    @cached_property
    def logins(self) -> Logins:
        database = engine(self._postgres, application=self._service.service_name)
        return Logins(database, sync_redis(self._redis))

    @cached_property
    def providers(self) -> TokenInfo:
        client = httpx2.Client(timeout=_SECONDS, follow_redirects=False, trust_env=False)
        return TokenInfoEndpoint(self._settings, client)


def register(worker: Worker, service: ServiceSettings) -> None:
    """Make `worker` run oauth.verify {"login_id": …}.

    Raises:
        SystemExit: the environment lacks what the task needs.
    """
    process = _Process(service, load(OAuthSettings), load(PostgresSettings), load(RedisSettings))

    def failed(_: BaseException, kwargs: dict[str, object]) -> None:
        """Every try has failed: what was never confirmed is not kept."""
        login = UUID(str(kwargs.get("login_id")))
        if process.logins.unconfirmed(login) is not None:
            _end(login, process.logins, "undelivered")

    @worker.task(TASK, on_failure=failed, give_up_on=(ValueError,))
    def oauth_verify(*, login_id: str) -> None:
        verify(UUID(login_id), process.logins, process.providers)
