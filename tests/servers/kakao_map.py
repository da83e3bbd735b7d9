"""A map that speaks what Kakao's local search speaks, with places scattered by a seed.

Distances are geodesics of the ellipsoid by Vincenty's formula, so that the product's own way of reckoning is
held against another one.
"""

from __future__ import annotations

import json
import math
import random
import time
from collections.abc import Iterable
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Literal
from urllib.parse import parse_qsl, urlsplit

Mode = Literal["well", "slow", "error", "throttling", "garbage", "huge", "hangs-up"]

KEY = "kakao-rest-api-test-key"
_PAGE = 15
_TOLD = 45
_AXIS, _FLATTENING = 6_378_137.0, 1 / 298.257_223_563
_ANSWERS: dict[str, tuple[int, bytes]] = {
    "error": (500, b"<html>Internal Server Error</html>"),
    "throttling": (429, b'{"errorType":"RequestThrottled","message":"API limit has been exceeded."}'),
    "garbage": (200, b"\xff\xfe{no page"),
    "huge": (200, b" " * 1_000_000),
}


@dataclass(frozen=True)
class Placed:
    """A place, found by `word` or as one of `category`."""

    id: str
    word: str
    latitude: float
    longitude: float
    category: str = ""

    def document(self, metres: float) -> dict[str, str]:
        return {
            "id": self.id,
            "place_name": f"{self.word or self.category} {self.id}",
            "category_name": "",
            "category_group_code": self.category,
            "category_group_name": "",
            "phone": "",
            "address_name": f"서울 중구 태평로1가 {self.id}",
            "road_address_name": f"서울 중구 세종대로 {self.id}",
            "place_url": f"http://place.map.kakao.com/{self.id}",
            "x": repr(self.longitude),
            "y": repr(self.latitude),
            "distance": str(round(metres)),
        }


def scattered(
    seed: int, count: int, *, word: str, latitude: float, longitude: float, metres: float
) -> list[Placed]:
    """`count` places at random, evenly over a square of `metres` to each side of a point."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    high = metres / 111_000
    wide = high / math.cos(math.radians(latitude))
    return [
        Placed(
            id=f"{seed}{number:05}",
            word=word,
            latitude=round(latitude + chance.uniform(-high, high), 7),
            longitude=round(longitude + chance.uniform(-wide, wide), 7),
        )
        for number in range(count)
    ]


class KakaoMap:
    """The server, on a port of the loopback interface; a test changes `mode` and `places`, `reset` all."""

    def __init__(self) -> None:
        self.mode: Mode = "well"
        self.latency = 0.0
        """Seconds before an answer."""
        self.places: list[Placed] = []
        self.asked: list[dict[str, str]] = []
        """The queries so far, those that were refused too, with `path`."""
        self.at_once: dict[tuple[str, ...], int] = {}
        """The most requests under way together, by search, centre and page."""
        self._under_way: dict[tuple[str, ...], int] = {}
        self._lock = Lock()
        self._released = Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"map": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> KakaoMap:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def close(self) -> None:
        self.release()
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Be well, know no place, forget what was asked, and let go whom `slow` holds."""
        self.release()
        self.mode = "well"
        self.latency = 0.0
        self.places = []
        self.asked.clear()
        self.at_once.clear()

    def release(self) -> None:
        """Answer whom `slow` holds."""
        self._released.set()
        self._released = Event()

    def environment(self, *, key: str = KEY) -> dict[str, str]:
        """What a workload is told, by the names of its manifest."""
        return {"KAKAO_MAP_BASE_URL": self.url, "KAKAO_REST_API_KEY": key}

    def answer(self, path: str, query: dict[str, str], authorization: str) -> tuple[int, dict[str, Any]]:
        """Status and body, as the documentation of the real one says."""
        if authorization != f"KakaoAK {KEY}":
            return 401, {"errorType": "AccessDeniedError", "message": "wrong appKey format"}
        try:
            found = self._found(path, query)
            page, size = _between(query, "page", 1, 45, 1), _between(query, "size", 1, _PAGE, _PAGE)
        except (KeyError, ValueError) as error:
            return 400, {"errorType": "InvalidArgument", "message": str(error)}
        told = found[:_TOLD]
        start = (page - 1) * size
        return 200, {
            "meta": {
                "same_name": None,
                "pageable_count": len(told),
                "total_count": len(found),
                "is_end": start + size >= len(told),
            },
            "documents": [place.document(metres) for metres, place in told[start : start + size]],
        }

    def entered(self, query: dict[str, str]) -> tuple[str, ...]:
        """Note that a request has begun."""
        key = tuple(query.get(name, "") for name in ("query", "category_group_code", "x", "y", "page"))
        with self._lock:
            self.asked.append(query)
            self._under_way[key] = self._under_way.get(key, 0) + 1
            self.at_once[key] = max(self.at_once.get(key, 0), self._under_way[key])
        return key

    def left(self, key: tuple[str, ...]) -> None:
        with self._lock:
            self._under_way[key] -= 1

    def hold(self) -> None:
        """Keep a request waiting until it is released."""
        self._released.wait(30)

    def _found(self, path: str, query: dict[str, str]) -> list[tuple[float, Placed]]:
        if path == "/v2/local/search/keyword.json":
            matching = [place for place in self.places if place.word and query["query"] in place.word]
        elif path == "/v2/local/search/category.json":
            matching = [place for place in self.places if place.category == query["category_group_code"]]
        else:
            raise ValueError(path)
        radius = _between(query, "radius", 0, 20_000, 20_000)
        if query.get("sort") != "distance":
            message = "these tests ask by distance"
            raise ValueError(message)
        return nearest(matching, latitude=float(query["y"]), longitude=float(query["x"]), radius=radius)


def nearest(
    places: Iterable[Placed], *, latitude: float, longitude: float, radius: float
) -> list[tuple[float, Placed]]:
    """Places within `radius` metres, nearest first: each is looked at."""
    reached = [
        (metres, place)
        for place in places
        # No degree of latitude is shorter than that: the formula is slow.
        if abs(place.latitude - latitude) * 110_500 <= radius
        and (metres := geodesic(latitude, longitude, place.latitude, place.longitude)) <= radius
    ]
    return sorted(reached, key=lambda each: (each[0], each[1].id))


def geodesic(latitude: float, longitude: float, other_latitude: float, other_longitude: float) -> float:
    """Metres on WGS 84 by Vincenty's inverse formula (Survey Review XXIII, 1975)."""
    if (latitude, longitude) == (other_latitude, other_longitude):
        return 0.0
    minor = _AXIS * (1 - _FLATTENING)
    reduced = math.atan((1 - _FLATTENING) * math.tan(math.radians(latitude)))
    other = math.atan((1 - _FLATTENING) * math.tan(math.radians(other_latitude)))
    apart = math.radians(other_longitude - longitude)
    turned = apart
    for _ in range(50):
        sine = math.hypot(
            math.cos(other) * math.sin(turned),
            math.cos(reduced) * math.sin(other) - math.sin(reduced) * math.cos(other) * math.cos(turned),
        )
        if sine == 0:
            return 0.0
        cosine = math.sin(reduced) * math.sin(other) + math.cos(reduced) * math.cos(other) * math.cos(turned)
        sigma = math.atan2(sine, cosine)
        azimuth = math.cos(reduced) * math.cos(other) * math.sin(turned) / sine
        square = 1 - azimuth**2
        middle = cosine - 2 * math.sin(reduced) * math.sin(other) / square if square else 0.0
        c = _FLATTENING / 16 * square * (4 + _FLATTENING * (4 - 3 * square))
        before = turned
        turned = apart + (1 - c) * _FLATTENING * azimuth * (
            sigma + c * sine * (middle + c * cosine * (2 * middle**2 - 1))
        )
        if abs(turned - before) < 1e-13:
            break
    u = square * (_AXIS**2 - minor**2) / minor**2
    a = 1 + u / 16384 * (4096 + u * (-768 + u * (320 - 175 * u)))
    b = u / 1024 * (256 + u * (-128 + u * (74 - 47 * u)))
    correction = (
        b
        * sine
        * (
            middle
            + b
            / 4
            * (cosine * (2 * middle**2 - 1) - b / 6 * middle * (4 * sine**2 - 3) * (4 * middle**2 - 3))
        )
    )
    return minor * a * (sigma - correction)


def _between(query: dict[str, str], name: str, least: int, most: int, default: int) -> int:
    value = int(query.get(name, default))
    if not least <= value <= most:
        message = f"{name} is less than min or more than max"
        raise ValueError(message)
    return value


class _Handler(BaseHTTPRequestHandler):
    map: ClassVar[KakaoMap]
    protocol_version = "HTTP/1.1"
    timeout = 60

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        query = dict(parse_qsl(parts.query))
        key = self.map.entered(query | {"path": parts.path})
        try:
            self._answer(parts.path, query)
        finally:
            self.map.left(key)

    def _answer(self, path: str, query: dict[str, str]) -> None:
        time.sleep(self.map.latency)
        if self.map.mode == "slow":
            self.map.hold()
        if self.map.mode == "hangs-up":
            self.close_connection = True
            return
        if self.map.mode in _ANSWERS:
            self._say(*_ANSWERS[self.map.mode])
            return
        status, answer = self.map.answer(path, query, self.headers.get("Authorization", ""))
        self._say(status, json.dumps(answer).encode())

    def _say(self, status: int, body: bytes) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json;charset=UTF-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client had enough
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """What was asked stands in `asked`."""
