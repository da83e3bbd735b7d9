"""What the routes work with, made once a process."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request
from redis.asyncio import Redis

from apps.auth.access import AccessTokens
from apps.auth.exchange import CodeExchange
from apps.auth.limits import RateLimiter
from apps.auth.pending import PendingLogins
from apps.auth.providers import Provider, ProviderName
from apps.auth.sessions import Sessions
from apps.auth.settings import RateLimits
from apps.common.broker import AsyncPublisher


@dataclass(frozen=True, kw_only=True)
class Authority:
    """All that stands behind the routes.

    Attributes:
        public_url: of this service, for redirect URIs.
    """

    public_url: str
    providers: Mapping[ProviderName, Provider]
    pending: PendingLogins
    exchange: CodeExchange
    access: AccessTokens
    sessions: Sessions
    limiter: RateLimiter
    limits: RateLimits
    redis: Redis
    publisher: AsyncPublisher

    def redirect_uri(self, provider: ProviderName) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.public_url}/callback/{provider}"


def _authority(request: Request) -> Authority:
    authority: Authority = request.app.state.authority
    return authority


TheAuthority = Annotated[Authority, Depends(_authority)]
"""The type of a route's parameter that takes it."""
