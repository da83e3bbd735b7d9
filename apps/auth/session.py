"""After the log-in: refreshing, logging out, and the keys to verify with."""

from __future__ import annotations

from datetime import UTC, datetime

import structlog
from fastapi import APIRouter, Request, Response

from apps.auth.access import AccessGrant, revoke
from apps.auth.answers import (
    RefreshRequest,
    SessionAnswer,
    SessionsAnswer,
    Tokens,
    forbid_storing,
    new_refresh_token,
)
from apps.auth.authority import TheAuthority
from apps.auth.limits import client_address
from apps.auth.problems import REFRESH_REFUSED, REFRESH_SUPERSEDED, TOO_MANY_REQUESTS
from apps.auth.sessions import Ended, Granted, Superseded, digest_of
from apps.auth.signing import PublicKeys
from apps.common.http import CurrentUser, Problem, User, problem_responses
from apps.common.http.problems import (
    BAD_REQUEST,
    INVALID_REQUEST,
    UNAUTHORIZED,
    UNAVAILABLE,
    WWW_AUTHENTICATE,
)

router = APIRouter()
_log = structlog.get_logger(__name__)


def _refused() -> Problem:
    """One answer for all refusals: a thief learns nothing of the token."""
    detail = "The refresh token is unknown, expired or revoked. Log in again."
    return Problem(REFRESH_REFUSED, detail, headers={WWW_AUTHENTICATE: "Bearer"})


@router.post(
    "/refresh",
    tags=["tokens"],
    responses=problem_responses(
        BAD_REQUEST, REFRESH_REFUSED, REFRESH_SUPERSEDED, INVALID_REQUEST, TOO_MANY_REQUESTS, UNAVAILABLE
    ),
)
async def refresh(
    body: RefreshRequest, request: Request, response: Response, authority: TheAuthority
) -> Tokens:
    """Exchange a refresh token for a new pair. It works once.

    Of two requests with the same token at once one gets the new pair, the other 409: it should use what the
    first was given. A token that comes again later (after 10 s, or after its successor was used) counts as
    stolen: 401, and the whole log-in ends.
    """
    forbid_storing(response)
    await authority.limiter.count("refresh", client_address(request), limit=authority.limits.refresh)
    digest = digest_of(body.refresh_token)
    owner = await authority.sessions.owner(digest)
    if owner is None:
        raise _refused()
    await authority.limiter.count_account(owner, limit=authority.limits.account)
    successor, grant = new_refresh_token(), AccessGrant.new()
    outcome = await authority.sessions.rotate(digest, successor=digest_of(successor), access=grant)
    if isinstance(outcome, Granted):
        return Tokens.of(authority.access.issue(outcome.user, grant), successor)
    if isinstance(outcome, Superseded):
        detail = (
            "Another request has exchanged this refresh token a moment ago: use the tokens it was given. If"
            " they are lost, log in again; sending this token later ends the log-in."
        )
        raise Problem(REFRESH_SUPERSEDED, detail)
    if isinstance(outcome, Ended):
        await revoke(authority.redis, outcome.grants)
        _log.warning(
            "a refresh token of a revoked family",
            reason=outcome.reason,
            user=str(outcome.user),
            login=str(outcome.family),
        )
    raise _refused()


@router.post(
    "/logout", status_code=204, tags=["tokens"], responses=problem_responses(UNAUTHORIZED, UNAVAILABLE)
)
async def log_out(user: CurrentUser, authority: TheAuthority) -> None:
    """End this log-in: its access tokens and its refresh token work no more."""
    grants = await authority.sessions.end_of_token(user.token_id, user.id)
    await revoke(authority.redis, [*grants, _own(user)])
    _log.info("logged out", user=str(user.id))


@router.post(
    "/logout-all", status_code=204, tags=["tokens"], responses=problem_responses(UNAUTHORIZED, UNAVAILABLE)
)
async def log_out_everywhere(user: CurrentUser, authority: TheAuthority) -> None:
    """End every log-in of the account, on all devices."""
    # Not by `revoked:user:<id>`: that would refuse a new log-in's tokens as well.
    grants = await authority.sessions.end_all(user.id)
    await revoke(authority.redis, [*grants, _own(user)])
    _log.info("logged out everywhere", user=str(user.id))


@router.get("/sessions", tags=["tokens"], responses=problem_responses(UNAUTHORIZED, UNAVAILABLE))
async def list_sessions(user: CurrentUser, response: Response, authority: TheAuthority) -> SessionsAnswer:
    """Where the account is logged in: the 100 newest log-ins that live."""
    forbid_storing(response)
    found = await authority.sessions.of_user(user.id)
    return SessionsAnswer(
        sessions=[SessionAnswer.model_validate(each, from_attributes=True) for each in found]
    )


@router.get("/.well-known/jwks.json", tags=["keys"])
async def public_keys(response: Response, authority: TheAuthority) -> PublicKeys:
    """The keys that access tokens verify with (RFC 7517), the one that will sign next among them."""
    response.headers["Cache-Control"] = "public, max-age=300"
    return authority.access.keys.public


def _own(user: User) -> AccessGrant:
    return AccessGrant(id=user.token_id, expires_at=datetime.fromtimestamp(user.expires, UTC))
