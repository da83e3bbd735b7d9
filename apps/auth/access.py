"""Access tokens: issued here, verified everywhere, revoked by their id."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from redis.asyncio import Redis

from apps.auth.settings import TokenSettings
from apps.auth.signing import SigningKeys

LIFETIME = timedelta(minutes=15)

_CLOCKS_SECONDS = 15
"""Verifiers take a token a little longer than it says, because clocks differ: so long it stays listed."""


@dataclass(frozen=True, kw_only=True, slots=True)
class AccessGrant:
    """An access token as it is stored: its id, never itself."""

    id: UUID
    expires_at: datetime

    @classmethod
    def new(cls) -> AccessGrant:
        """One that is about to be issued."""
        return cls(id=uuid4(), expires_at=(datetime.now(UTC) + LIFETIME).replace(microsecond=0))


class AccessTokens:
    """Signs access tokens."""

    def __init__(self, settings: TokenSettings, keys: SigningKeys) -> None:
        self._settings = settings
        self.keys = keys

    def issue(self, user: UUID, grant: AccessGrant) -> str:
        """The token of `grant` for `user`."""
        return self.keys.sign(
            {
                "iss": self._settings.token_issuer,
                "aud": self._settings.token_audience,
                "sub": str(user),
                "jti": str(grant.id),
                "iat": int(time.time()),
                "exp": int(grant.expires_at.timestamp()),
                "typ": "access",
            }
        )


async def revoke(redis: Redis, grants: Iterable[AccessGrant]) -> None:
    """Let every service refuse `grants` from now on; those that have expired need no listing."""
    now = datetime.now(UTC)
    async with redis.pipeline(transaction=False) as pipeline:
        for grant in grants:
            seconds = int((grant.expires_at - now).total_seconds()) + _CLOCKS_SECONDS
            if seconds > 0:
                pipeline.set(f"revoked:token:{grant.id}", b"1", ex=seconds)
        await pipeline.execute()
