"""The code for an id token: asked of the provider within a deadline, each claim held against the log-in."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from hmac import compare_digest

import httpx2
import jwt
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from apps.auth.pending import PendingLogin
from apps.auth.problems import LOGIN_REFUSED, PROVIDER_FAILED, PROVIDER_UNAVAILABLE
from apps.auth.providers import Provider
from apps.common.http import Problem

DEADLINE_SECONDS = 3.0
_LARGEST_ANSWER = 64 * 1024
_CLOCKS_SECONDS = 60
_log = structlog.get_logger(__name__)


class _TokenAnswer(BaseModel):
    """What is used of the token endpoint's answer; the provider's own tokens are dropped at once."""

    model_config = ConfigDict(frozen=True)

    id_token: str = Field(max_length=16 * 1024)


@dataclass(frozen=True, kw_only=True)
class Authenticated:
    """Whom the provider has let in.

    Attributes:
        subject: the provider's own id of the person.
        id_token: as received, for the second look that task oauth.verify takes.
    """

    subject: str
    id_token: str


def _unusable(provider: Provider, reason: str) -> Problem:
    _log.error("the provider's answer cannot be used", provider=provider.name, reason=reason)
    detail = f"{provider.name.title()} answered something that cannot be used. Try to log in again later."
    return Problem(PROVIDER_FAILED, detail)


def _away(provider: Provider, reason: str) -> Problem:
    _log.warning("the provider does not answer", provider=provider.name, reason=reason)
    detail = f"{provider.name.title()} does not answer at the moment. Try to log in again."
    return Problem(PROVIDER_UNAVAILABLE, detail, retry_after=10)


class CodeExchange:
    """Exchanges codes at the providers' token endpoints."""

    def __init__(self, client: httpx2.AsyncClient) -> None:
        self._client = client

    async def authenticate(
        self, provider: Provider, pending: PendingLogin, *, code: str, redirect_uri: str
    ) -> Authenticated:
        """Who has logged in.

        Raises:
            Problem: 400 when the provider refuses the code; 502 when it fails or answers what does not fit
                this log-in; 503 when it does not answer within the deadline.
        """
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": redirect_uri,
            "client_id": provider.client_id,
            "client_secret": provider.client_secret.get_secret_value(),
            "code_verifier": pending.verifier,
        }
        try:
            async with asyncio.timeout(DEADLINE_SECONDS):
                status, body = await self._asked(provider, form)
        except TimeoutError:
            raise _away(provider, f"no answer within {DEADLINE_SECONDS} s") from None
        except httpx2.TimeoutException as error:
            raise _away(provider, type(error).__name__) from None
        except httpx2.HTTPError as error:
            raise _away(provider, f"{type(error).__name__}: {error}") from None
        if status != httpx2.codes.OK:
            raise _refusal(provider, status)
        try:
            id_token = _TokenAnswer.model_validate_json(body).id_token
        except ValidationError:
            raise _unusable(
                provider, "no id token in the answer; is OpenID Connect switched on there?"
            ) from None
        return Authenticated(subject=_subject(provider, pending, id_token), id_token=id_token)

    async def _asked(self, provider: Provider, form: dict[str, str]) -> tuple[int, bytes]:
        async with self._client.stream(
            "POST", provider.token_url, data=form, headers={"Accept": "application/json"}
        ) as answer:
            body = bytearray()
            async for piece in answer.aiter_bytes():
                body += piece
                if len(body) > _LARGEST_ANSWER:
                    raise _unusable(provider, f"its answer is larger than {_LARGEST_ANSWER} bytes")
            return answer.status_code, bytes(body)


def _refusal(provider: Provider, status: int) -> Problem:
    if status == httpx2.codes.BAD_REQUEST:
        _log.info("the provider refused a code", provider=provider.name)
        return Problem(LOGIN_REFUSED, "The provider refused the code. Log in again.")
    if status == httpx2.codes.TOO_MANY_REQUESTS:
        return _away(provider, "429: it is asked too often")
    if status in {httpx2.codes.UNAUTHORIZED, httpx2.codes.FORBIDDEN}:
        name = provider.name.upper()
        return _unusable(provider, f"{status}: check {name}_CLIENT_ID and {name}_CLIENT_SECRET")
    return _unusable(provider, f"status {status}")


def _subject(provider: Provider, pending: PendingLogin, id_token: str) -> str:
    """`sub` of an id token that fits the log-in.

    It came straight from the token endpoint over TLS, which vouches for its issuer in place of the signature
    (OpenID Connect Core 1.0, 3.1.3.7, number 6); task oauth.verify has the provider confirm it besides.
    """
    try:
        claims = jwt.decode(
            id_token,
            options={
                "verify_signature": False,
                "verify_exp": True,
                "verify_iat": True,
                "verify_aud": True,
                "verify_iss": True,
                "require": ["iss", "sub", "aud", "exp", "iat", "nonce"],
            },
            audience=provider.client_id,
            issuer=provider.issuers,
            leeway=_CLOCKS_SECONDS,
        )
    except (jwt.PyJWTError, ValueError, TypeError, ArithmeticError) as error:
        raise _unusable(provider, f"its id token is not valid: {type(error).__name__}") from None
    several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
    if several and claims.get("azp") != provider.client_id:
        raise _unusable(provider, "its id token is for several clients, and was issued to another one")
    if not compare_digest(str(claims["nonce"]).encode(), pending.nonce.encode()):
        raise _unusable(provider, "its id token has another log-in's nonce")
    subject = claims["sub"]
    if not isinstance(subject, str) or not 1 <= len(subject) <= 255 or "\x00" in subject:
        raise _unusable(provider, "its id token has no usable `sub`")
    return subject
