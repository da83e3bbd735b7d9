"""Every endpoint of tier 2, alone at the whole load that its app.yaml states for a replica."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import cycle

from tests.benchmarks.apps.described import requests_a_second
from tests.benchmarks.apps.load import Answer, Call, expect, offer, percentile
from tests.benchmarks.apps.log_ins import ADDRESSES, AUTH, beginnings, returns
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row
from tests.servers.kakao_map import scattered

_SECONDS = 12
_WARM_SECONDS = 1
_GOAL = 0.1
_HERE = {"latitude": 37.5665, "longitude": 126.9780}
_USERS, _BINS = "/api/v1/users/me", "/api/v1/locations/bins"


def rows(stage: Stage) -> Iterator[Row]:
    """The 95th percentile of each, every answer as it should be."""
    yield from _auth(stage)
    yield from _users(stage)
    yield from _locations(stage)


class _Service:
    """A service under a load, in its cage."""

    def __init__(self, actor: Actor) -> None:
        self.actor = actor
        self.rate = requests_a_second(actor.name)
        self.warm = self.rate * _WARM_SECONDS
        self.number = self.rate * _SECONDS + self.warm
        """Of requests to one endpoint, those included that warm it up."""

    def call(self, method: str, path: str, headers: dict[str, str] | None = None, **rest: object) -> Call:
        return Call(method=method, url=self.actor.url + path, headers=headers or {}, **rest)  # type: ignore[arg-type]

    def measured(self, what: str, calls: Sequence[Call], status: int) -> tuple[Row, list[Answer]]:
        """The row, and the answers that were as they should be; any other one counts as too late."""
        before = self.actor.cpu_seconds()
        answers = offer(calls, rate=self.rate)
        cpu = (self.actor.cpu_seconds() - before) / len(calls)
        counted = answers[self.warm :]
        seconds = [each.seconds if each.status == status else math.inf for each in counted]
        p95 = percentile(seconds, 0.95)
        limit = self.actor.cage.cpu if self.actor.cage.holds else "no limit held"
        told = (
            f"{p95 * 1000:.0f} ms (median {percentile(seconds, 0.5) * 1000:.0f} ms, {cpu * 1000:.1f} ms CPU)"
        )
        if refused := seconds.count(math.inf):
            told += f"; {refused} of {len(seconds)} refused"
        title = f"{self.actor.name}: {what}, {self.rate}/s at {limit} CPU: p95"
        well = [each for each in answers if each.status == status]
        if not well:
            expect(answers, status)
        return Row(title, told, "< 100 ms", p95 < _GOAL), well


def _auth(stage: Stage) -> Iterator[Row]:
    """A log-in gives the next endpoint what it needs: state, code, refresh token, access token."""
    with stage.playing(auth_service=1) as actors:
        service = _Service(actors["auth-service"][0])
        row, begun = service.measured("GET /login", beginnings(service.actor, service.number), 302)
        yield row
        row, logged_in = service.measured(
            "GET /callback, the provider's answer included",
            returns(service.actor, stage.world.identity_provider, begun),
            200,
        )
        yield row
        refreshes = [
            service.call("POST", f"{AUTH}/refresh", body=body, address=address)
            for body, address in zip(_refresh_tokens(logged_in), cycle(ADDRESSES))
        ]
        row, refreshed = service.measured("POST /refresh", refreshes, 200)
        yield row
        bearers = [{"Authorization": f"Bearer {json.loads(each.body)['access_token']}"} for each in refreshed]
        for method, path, status in (
            ("GET", "/.well-known/jwks.json", 200),
            ("GET", "/sessions", 200),
            ("POST", "/logout", 204),
        ):
            calls = [service.call(method, AUTH + path, bearer) for bearer in bearers]
            yield service.measured(f"{method} {path}", calls, status)[0]


def _refresh_tokens(logged_in: Sequence[Answer]) -> list[dict[str, str]]:
    return [{"refresh_token": json.loads(each.body)["refresh_token"]} for each in logged_in]


def _users(stage: Stage) -> Iterator[Row]:
    people = People(stage.store, stage.folder)
    with stage.playing(users_service=1) as actors:
        service = _Service(actors["users-service"][0])
        bearers = people.bearers(service.number)

        def calls(method: str, path: str = "", body: object = None, **headers: str) -> list[Call]:
            return [service.call(method, _USERS + path, each | headers, body=body) for each in bearers]

        yield service.measured("GET /me, for the first time", calls("GET"), 200)[0]
        yield service.measured("GET /me", calls("GET"), 200)[0]
        change = {"display_name": "민지", "preferences": {"theme": "dark"}}
        yield service.measured("PATCH /me", calls("PATCH", body=change, **{"If-Match": "*"}), 200)[0]
        yield service.measured("GET /me/history", calls("GET", "/history"), 200)[0]
        yield service.measured("DELETE /me", calls("DELETE"), 204)[0]


def _locations(stage: Stage) -> Iterator[Row]:
    people = People(stage.store, stage.folder)
    stage.world.kakao_map.places = scattered(1, 40, word="의류수거함", metres=1500, **_HERE)
    with stage.playing(locations_service=1) as actors:
        service = _Service(actors["locations-service"][0])
        bearers = people.bearers(service.number)
        known = f"{_BINS}?latitude={_HERE['latitude']}&longitude={_HERE['longitude']}&kind=clothing"
        row, _ = service.measured(
            "GET /bins, a place that is known", [service.call("GET", known, each) for each in bearers], 200
        )
        yield row
        new = [
            f"{_BINS}?latitude={35 + number * 0.005:.4f}&longitude=127.5&kind=clothing"
            for number in range(service.number)
        ]
        row, _ = service.measured(
            "GET /bins, a new place, the map's answer included",
            [service.call("GET", path, each) for path, each in zip(new, bearers, strict=True)],
            200,
        )
        yield row
    stage.world.kakao_map.reset()
