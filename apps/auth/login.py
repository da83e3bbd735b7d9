"""Logging in: to the provider and back, by authorization code with PKCE (RFC 6749, RFC 7636)."""

from __future__ import annotations

from hashlib import sha256
from typing import Annotated
from uuid import uuid4

import structlog
from fastapi import APIRouter, Cookie, Query, Request, Response
from fastapi.responses import RedirectResponse
from redis.exceptions import RedisError

from apps.auth import pending
from apps.auth.access import AccessGrant
from apps.auth.answers import Tokens, forbid_storing, new_refresh_token
from apps.auth.authority import Authority, TheAuthority
from apps.auth.exchange import Authenticated
from apps.auth.limits import client_address
from apps.auth.problems import (
    LOGIN_DENIED,
    LOGIN_REFUSED,
    LOGIN_UNKNOWN,
    PROVIDER_FAILED,
    PROVIDER_UNAVAILABLE,
    TOO_MANY_REQUESTS,
)
from apps.auth.providers import ProviderName
from apps.auth.sessions import digest_of
from apps.common.broker import PublishError
from apps.common.http import Problem, problem_responses
from apps.common.http.problems import BUSY, INVALID_REQUEST, UNAVAILABLE

COOKIE = "__Host-login"
"""The prefix has browsers refuse it from other hosts and without TLS (RFC 6265bis)."""

ID_TOKEN_SECONDS = 300
"""How long the id token waits for the task oauth.verify: as long as its message does."""

router = APIRouter(tags=["log-in"])
_log = structlog.get_logger(__name__)
_OPAQUE = r"^[A-Za-z0-9_-]+$"


@router.get(
    "/login/{provider}",
    status_code=302,
    response_class=RedirectResponse,
    responses={
        302: {"description": "To the provider's log-in page."},
        **problem_responses(INVALID_REQUEST, TOO_MANY_REQUESTS, UNAVAILABLE),
    },
)
async def begin(provider: ProviderName, request: Request, authority: TheAuthority) -> Response:
    """Send the browser to the provider, and remember for ten minutes that this one has begun."""
    await authority.limiter.count("login", client_address(request), limit=authority.limits.login)
    begun = await authority.pending.begin(provider)
    url = authority.providers[provider].log_in_url(
        redirect_uri=authority.redirect_uri(provider),
        state=begun.state,
        nonce=begun.pending.nonce,
        challenge=begun.pending.challenge,
    )
    response = RedirectResponse(url, 302)
    forbid_storing(response)
    response.set_cookie(
        COOKIE, begun.cookie, max_age=pending.SECONDS, path="/", secure=True, httponly=True, samesite="lax"
    )
    return response


@router.get(
    "/callback/{provider}",
    responses=problem_responses(
        LOGIN_UNKNOWN,
        LOGIN_REFUSED,
        LOGIN_DENIED,
        INVALID_REQUEST,
        TOO_MANY_REQUESTS,
        PROVIDER_FAILED,
        PROVIDER_UNAVAILABLE,
        UNAVAILABLE,
        BUSY,
    ),
)
async def end(
    *,
    provider: ProviderName,
    request: Request,
    response: Response,
    authority: TheAuthority,
    state: Annotated[str, Query(min_length=1, max_length=128, pattern=_OPAQUE)],
    code: Annotated[str | None, Query(min_length=1, max_length=2048)] = None,
    error: Annotated[str | None, Query(min_length=1, max_length=128)] = None,
    browser: Annotated[str | None, Cookie(alias=COOKIE, include_in_schema=False)] = None,
) -> Tokens:
    """Take the browser back from the provider, and answer the tokens.

    `state` works once, and only in the browser that began. The provider confirms the log-in a second time in
    the background; one that it does not confirm ends within minutes.
    """
    forbid_storing(response)
    await authority.limiter.count("callback", client_address(request), limit=authority.limits.login)
    begun = await authority.pending.take(state, provider=provider, cookie=browser)
    if begun is None:
        detail = "This log-in is unknown, over, or was begun in another browser. Log in again from the start."
        raise Problem(LOGIN_UNKNOWN, detail)
    if code is None or error is not None:
        raise _declined(provider, error)
    person = await authority.exchange.authenticate(
        authority.providers[provider], begun, code=code, redirect_uri=authority.redirect_uri(provider)
    )
    tokens = await _logged_in(authority, provider, person)
    response.delete_cookie(COOKIE, path="/", secure=True, httponly=True, samesite="lax")
    return tokens


def _declined(provider: ProviderName, error: str | None) -> Problem:
    if error == "access_denied":
        detail = "The log-in was cancelled, or consent was not given. Nothing has been stored."
        return Problem(LOGIN_DENIED, detail)
    _log.error("the provider sent the browser back without a code", provider=provider, reason=error)
    detail = f"{provider.title()} could not log you in. Try again later."
    return Problem(PROVIDER_FAILED, detail)


async def _logged_in(authority: Authority, provider: ProviderName, person: Authenticated) -> Tokens:
    account = sha256(f"{provider}:{person.subject}".encode()).hexdigest()
    await authority.limiter.count("identity", account, limit=authority.limits.account)
    login, refresh, grant = uuid4(), new_refresh_token(), AccessGrant.new()
    user = await authority.sessions.open(
        provider, person.subject, login=login, digest=digest_of(refresh), access=grant
    )
    try:
        # The family is committed before: the task must find what it may have to revoke.
        await authority.redis.set(f"oauth:login:{login}", person.id_token, ex=ID_TOKEN_SECONDS)
        await authority.publisher.publish("oauth.verify", {"login_id": str(login)}, task_id=str(login))
    except (RedisError, PublishError):
        await authority.sessions.withdraw(login)
        raise
    _log.info("logged in", user=str(user), login=str(login), provider=provider)
    return Tokens.of(authority.access.issue(user, grant), refresh)
