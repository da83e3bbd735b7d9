"""Log-ins, as far as people and their provider have to do with them."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from itertools import cycle, islice
from urllib.parse import parse_qsl, urlsplit

from tests.benchmarks.apps.load import Answer, Call
from tests.benchmarks.apps.stage import Actor
from tests.servers.identity_provider import IdentityProvider

AUTH = "/api/v1/auth"
ADDRESSES = [f"127.0.8.{number}" for number in range(1, 65)]
"""Of so many clients: log-ins are limited by address."""


def beginnings(service: Actor, number: int) -> list[Call]:
    """Requests of browsers that begin to log in."""
    url = f"{service.url}{AUTH}/login/kakao"
    return [Call(method="GET", url=url, address=each) for each in islice(cycle(ADDRESSES), number)]


def returns(service: Actor, provider: IdentityProvider, begun: Sequence[Answer]) -> list[Call]:
    """Requests of browsers that come back from the provider, where each was somebody else."""
    calls = []
    for answer, address in zip(begun, cycle(ADDRESSES)):
        provider.switches.person = str(uuid.uuid4())
        query = dict(parse_qsl(urlsplit(answer.headers["Location"]).query))
        back = urlsplit(provider.authorize("kakao-client", query)).query
        cookie = {"Cookie": answer.headers["Set-Cookie"].partition(";")[0]}
        url = f"{service.url}{AUTH}/callback/kakao?{back}"
        calls.append(Call(method="GET", url=url, headers=cookie, address=address))
    return calls
