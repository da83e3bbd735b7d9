"""The routes under /me: always the caller's own, as no route takes anybody's id."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated

import structlog
from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from apps.common.http import CurrentUser, Problem, problem_responses
from apps.common.http.identity import unauthorized
from apps.common.http.problems import BAD_REQUEST, INVALID_REQUEST, UNAUTHORIZED, UNAVAILABLE
from apps.common.jobs.result import Category
from apps.users.cursor import Cursor, CursorError
from apps.users.history import Analysis, Filters, History
from apps.users.preconditions import entity_tag, not_modified, require_match
from apps.users.problems import INVALID_CURSOR, PRECONDITION_FAILED, PRECONDITION_REQUIRED
from apps.users.profile import Profile, ProfileChange
from apps.users.profiles import AccountDeletedError, Profiles, Versioned

router = APIRouter(prefix="/me")
_log = structlog.get_logger(__name__)
_FIRST_DAY, _LAST_DAY = date(2020, 1, 1), date(2999, 12, 31)
_ETAG = {"ETag": {"description": "The profile's version, for If-Match.", "schema": {"type": "string"}}}


@dataclass(frozen=True, kw_only=True)
class Records:
    """What the routes read and write."""

    profiles: Profiles
    history: History


def _records(request: Request) -> Records:
    records: Records = request.app.state.records
    return records


TheRecords = Annotated[Records, Depends(_records)]
IfMatch = Annotated[
    str | None, Header(alias="If-Match", max_length=1000, description="The ETag that was read, or *.")
]
IfNoneMatch = Annotated[str | None, Header(alias="If-None-Match", max_length=1000)]


class HistoryPage(BaseModel):
    """Analyses, newest first."""

    model_config = ConfigDict(frozen=True)

    analyses: list[Analysis]
    next: Annotated[
        str | None, Field(description="Send it as `cursor`, with the same filters, for the next page.")
    ]


@router.get(
    "",
    tags=["profile"],
    response_model=Profile,
    responses={
        200: {"headers": _ETAG},
        304: {"description": "Not modified"},
        **problem_responses(UNAUTHORIZED, UNAVAILABLE),
    },
)
async def read_profile(
    user: CurrentUser, response: Response, records: TheRecords, if_none_match: IfNoneMatch = None
) -> Profile | Response:
    """The caller's profile; the first time it is made."""
    try:
        found = await records.profiles.of(user.id)
    except AccountDeletedError:
        raise _deleted() from None
    if not_modified(if_none_match, found.version):
        return Response(status_code=304, headers=_headers(found))
    response.headers.update(_headers(found))
    return found.profile


@router.patch(
    "",
    tags=["profile"],
    responses={
        200: {"headers": _ETAG},
        **problem_responses(
            BAD_REQUEST,
            UNAUTHORIZED,
            PRECONDITION_FAILED,
            INVALID_REQUEST,
            PRECONDITION_REQUIRED,
            UNAVAILABLE,
        ),
    },
)
async def change_profile(
    user: CurrentUser,
    change: ProfileChange,
    response: Response,
    records: TheRecords,
    if_match: IfMatch = None,
) -> Profile:
    """Change what is sent, keep the rest (JSON Merge Patch, RFC 7396)."""
    try:
        changed = await records.profiles.change(user.id, change, require=partial(require_match, if_match))
    except AccountDeletedError:
        raise _deleted() from None
    response.headers.update(_headers(changed))
    return changed.profile


@router.delete("", status_code=204, tags=["profile"], responses=problem_responses(UNAUTHORIZED, UNAVAILABLE))
async def delete_account(user: CurrentUser, records: TheRecords) -> None:
    """Delete the account with its profile, analyses, photos and log-ins; no token of it works any more."""
    await records.profiles.end(user.id)
    _log.info("an account was deleted", user=str(user.id))


@router.get(
    "/history", tags=["history"], responses=problem_responses(INVALID_CURSOR, UNAUTHORIZED, UNAVAILABLE)
)
async def read_history(
    *,
    user: CurrentUser,
    records: TheRecords,
    category: Category | None = None,
    day: Annotated[
        date | None,
        Query(
            ge=_FIRST_DAY, le=_LAST_DAY, examples=["2026-11-24"], description="In the platform's time zone."
        ),
    ] = None,
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> HistoryPage:
    """The caller's analyses, newest first."""
    filters = Filters(user=user.id, category=category, day=day)
    try:
        after = None if cursor is None else Cursor.read(cursor, filters.scope)
    except CursorError:
        detail = "The cursor is not one of this list: send `next` as it was answered, with the same filters."
        raise Problem(INVALID_CURSOR, detail) from None
    page, following = await records.history.page(filters, after=after, limit=limit)
    return HistoryPage(
        analyses=list(page), next=None if following is None else following.write(filters.scope)
    )


def _headers(found: Versioned) -> dict[str, str]:
    return {"ETag": entity_tag(found.version), "Cache-Control": "private, no-cache"}


def _deleted() -> Problem:
    return unauthorized("The account has been deleted.")
