"""What the routes take and answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from secrets import token_urlsafe
from typing import Annotated, Literal
from uuid import UUID

from fastapi import Response
from pydantic import BaseModel, ConfigDict, Field

from apps.auth import sessions
from apps.auth.access import LIFETIME

_REFRESH_TOKEN = "dGhpcyBpcyBhbiBleGFtcGxlIG9mIGEgcmVmcmVzaCB0b2s"  # noqa: S105 - an example


class Tokens(BaseModel):
    """An access token, and the refresh token that gets the next pair, once."""

    access_token: Annotated[str, Field(examples=["eyJhbGciOiJFZERTQSIsImtpZCI6Ii4uLiJ9.e30.c2ln"])]
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - a name, not a secret
    expires_in: Annotated[int, Field(description="Seconds.", examples=[900])]
    refresh_token: Annotated[str, Field(examples=[_REFRESH_TOKEN])]
    refresh_expires_in: Annotated[int, Field(description="Seconds.", examples=[2_592_000])]

    @classmethod
    def of(cls, access: str, refresh: str) -> Tokens:
        """The answer that carries both."""
        return cls(
            access_token=access,
            expires_in=int(LIFETIME.total_seconds()),
            refresh_token=refresh,
            refresh_expires_in=int(sessions.LIFETIME.total_seconds()),
        )


class RefreshRequest(BaseModel):
    """The refresh token to exchange."""

    model_config = ConfigDict(extra="forbid")

    refresh_token: Annotated[
        str, Field(min_length=1, max_length=512, pattern=r"^[A-Za-z0-9_-]+$", examples=[_REFRESH_TOKEN])
    ]


class SessionAnswer(BaseModel):
    """A log-in that lives."""

    id: UUID
    provider: Annotated[str, Field(examples=["kakao"])]
    created_at: datetime
    last_used_at: datetime
    expires_at: datetime


class SessionsAnswer(BaseModel):
    """Where the account is logged in, the newest first."""

    sessions: Sequence[SessionAnswer]


def new_refresh_token() -> str:
    """256 random bits."""
    return token_urlsafe(32)


def forbid_storing(response: Response) -> None:
    """Tokens belong into no cache and no Referer."""
    response.headers["Cache-Control"] = "no-store"
    response.headers["Pragma"] = "no-cache"
    response.headers["Referrer-Policy"] = "no-referrer"
