"""Third parties that the platform asks: a vision model and a map, on one port of the loopback interface."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock, Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

Answer = tuple[int, Mapping[str, Any]]

CLASSIFICATION = {
    "item": "drink bottle",
    "material": "transparent PET",
    "category": "pet-bottle",
    "disposal_steps": ["Empty it.", "Take the label off.", "Press it flat."],
    "confidence": 0.93,
}

PLACE = {
    "id": "26338954",
    "place_name": "Clothes collection bin",
    "category_name": "Environment > Collection",
    "category_group_code": "",
    "category_group_name": "",
    "phone": "",
    "address_name": "Seoul, Jung-gu, Taepyeongno 1-ga 31",
    "road_address_name": "Seoul, Jung-gu, Sejong-daero 110",
    "place_url": "http://place.map.kakao.com/26338954",
    "x": "126.9784147",
    "y": "37.5666805",
    "distance": "21",
}


class World:
    """Answers as the OpenAI API and as Kakao Local do, if asked with the right key."""

    def __init__(self, *, openai_key: str, kakao_key: str) -> None:
        self._keys = {"openai": f"Bearer {openai_key}", "kakao": f"KakaoAK {kakao_key}"}
        self._lock = Lock()
        self.model_calls: list[Mapping[str, Any]] = []
        """What the model was asked, call by call."""
        self.map_calls: list[str] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"world": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, path: str, authorization: str, body: Mapping[str, Any]) -> Answer:
        """Status and body for a request."""
        place = urlsplit(path)
        ways: dict[str, tuple[str, Callable[[Mapping[str, Any]], Answer]]] = {
            "/v1/chat/completions": ("openai", self._complete),
            "/v2/local/search/keyword.json": ("kakao", self._search),
            "/v2/local/search/category.json": ("kakao", self._search),
        }
        if place.path not in ways:
            return 404, {"error": {"message": f"no such place: {place.path}"}}
        whose, way = ways[place.path]
        if authorization != self._keys[whose]:
            return 401, {"error": {"message": "wrong key"}, "errorType": "AccessDeniedError"}
        with self._lock:
            if whose == "openai":
                self.model_calls.append(body)
            else:
                self.map_calls.append(path)
        return way({**body, **{name: values[0] for name, values in parse_qs(place.query).items()}})

    def _complete(self, body: Mapping[str, Any]) -> Answer:
        message = {"role": "assistant", "content": json.dumps(CLASSIFICATION), "refusal": None}
        return 200, {
            "id": "chatcmpl-1",
            "object": "chat.completion",
            "created": 1,
            "model": body.get("model", ""),
            "choices": [{"index": 0, "message": message, "finish_reason": "stop", "logprobs": None}],
            "usage": {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2},
        }

    def _search(self, query: Mapping[str, Any]) -> Answer:
        if not {"x", "y"} <= query.keys():
            return 400, {"errorType": "InvalidArgument", "message": "x and y parameter required"}
        return 200, {"meta": {"total_count": 1, "pageable_count": 1, "is_end": True}, "documents": [PLACE]}


class _Handler(BaseHTTPRequestHandler):
    world: ClassVar[World]
    protocol_version = "HTTP/1.1"

    def _any(self) -> None:
        sent = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        body = json.loads(sent) if sent else {}
        status, answer = self.world.answer(self.path, self.headers.get("Authorization", ""), body)
        content = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_GET = do_POST = _any  # noqa: N815 - the base's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """What was asked stands in the lists."""
