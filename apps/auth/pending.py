"""Log-ins that have begun: what must be remembered until the browser comes back from the provider."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass
from hashlib import sha256
from hmac import compare_digest
from secrets import token_urlsafe

from pydantic import BaseModel, ConfigDict
from redis.asyncio import Redis

from apps.auth.providers import ProviderName

SECONDS = 600
_RANDOM_BYTES = 32


class PendingLogin(BaseModel):
    """What Redis holds under the state.

    Attributes:
        verifier: of PKCE; only its hash has left this service.
        browser: SHA-256 of the cookie of the browser that began.
    """

    model_config = ConfigDict(frozen=True)

    provider: ProviderName
    verifier: str
    nonce: str
    browser: str

    @property
    def challenge(self) -> str:
        """Of PKCE, by method S256 (RFC 7636)."""
        return urlsafe_b64encode(sha256(self.verifier.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True, kw_only=True)
class Begun:
    """A log-in that has just begun.

    Attributes:
        cookie: to be set in the browser: whoever comes back without it is somebody else.
    """

    state: str
    cookie: str
    pending: PendingLogin


class PendingLogins:
    """Remembers each for ten minutes, and gives it back once."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def begin(self, provider: ProviderName) -> Begun:
        """Remember a new log-in with `provider`."""
        state, cookie = token_urlsafe(_RANDOM_BYTES), token_urlsafe(_RANDOM_BYTES)
        pending = PendingLogin(
            provider=provider,
            verifier=token_urlsafe(_RANDOM_BYTES),
            nonce=token_urlsafe(_RANDOM_BYTES),
            browser=_digest(cookie),
        )
        await self._redis.set(_key(state), pending.model_dump_json(), ex=SECONDS)
        return Begun(state=state, cookie=cookie, pending=pending)

    async def take(self, state: str, *, provider: ProviderName, cookie: str | None) -> PendingLogin | None:
        """The log-in of `state`, which is used up by this, fit or not.

        None when it is unknown, over, used before, of another provider, or of another browser.
        """
        found = await self._redis.getdel(_key(state))
        if found is None or cookie is None:
            return None
        pending = PendingLogin.model_validate_json(found)
        same = compare_digest(pending.browser, _digest(cookie)) and pending.provider is provider
        return pending if same else None


def _digest(cookie: str) -> str:
    return sha256(cookie.encode()).hexdigest()


def _key(state: str) -> str:
    return f"oauth:state:{_digest(state)}"
