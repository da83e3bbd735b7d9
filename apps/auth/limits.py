"""Rate limits, counted in Redis for all replicas together."""

from __future__ import annotations

import ipaddress
from uuid import UUID

from fastapi import Request
from redis.asyncio import Redis

from apps.auth.problems import TOO_MANY_REQUESTS
from apps.common.http import Problem

WINDOW_SECONDS = 60
_NETWORK_OF_IPV6 = 64
"""Prefix length: whoever has one IPv6 address has a whole such network of them."""


class RateLimiter:
    """Counts in windows of a minute, each of which begins with its first request.

    Count and expiry are one transaction: no count is left without an end, and none is lost between replicas.
    """

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    async def count(self, what: str, who: str, *, limit: int) -> None:
        """Count one more of `what` by `who`.

        Raises:
            Problem: 429, when there are more than `limit` of them; Retry-After is the end of the window.
        """
        key = f"rate:{what}:{who}"
        async with self._redis.pipeline(transaction=True) as pipeline:
            pipeline.set(key, 0, ex=WINDOW_SECONDS, nx=True)
            pipeline.incr(key)
            pipeline.ttl(key)
            _, counted, seconds = await pipeline.execute()
        if counted > limit:
            raise Problem(
                TOO_MANY_REQUESTS,
                f"At most {limit} such requests a minute are answered. Try again after the time stated.",
                retry_after=max(1, seconds),
            )

    async def count_account(self, user: UUID, *, limit: int) -> None:
        """Count a log-in or refresh of `user`, as `count` does."""
        await self.count("account", str(user), limit=limit)


def client_address(request: Request) -> str:
    """Whom to count a request for: an IPv4 address, or the /64 network of an IPv6 address.

    uvicorn has put the client in the place of the load balancer, when the request came from an address that
    FORWARDED_ALLOW_IPS trusts: it takes the last address of X-Forwarded-For that is not itself trusted. That
    is the one which the load balancer has added; what a client writes into the header stands before it.
    """
    host = request.client.host if request.client else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return "unknown"
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped is not None:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, _NETWORK_OF_IPV6), strict=False))
