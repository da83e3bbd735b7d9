"""A server that answers as GitHub's API does about comments on pull requests, with its limits and refusals.

Its forms follow GitHub's documentation of the REST API: lists come in pages with a Link header, a body may
have 65,536 characters, tokens may read or write, and limits are told by 403 or 429 with their headers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

BOT, READER, PERSON = "token-of-the-bot", "token-that-may-read", "token-of-a-person"
REPOSITORY, NUMBER = "growbin/waste-coach", 7
_USERS = {BOT: "github-actions[bot]", READER: "github-actions[bot]", PERSON: "minji"}
_MOST = 65_536
_THREAD = re.compile(rf"/repos/{REPOSITORY}/issues/(\d+)/comments")
_COMMENT = re.compile(rf"/repos/{REPOSITORY}/issues/comments/(\d+)")


@dataclass(frozen=True)
class Answer:
    """What a test wants to be answered next; `carried_out`, what was asked is done all the same."""

    status: int
    message: str = "fault"
    headers: Mapping[str, str] = field(default_factory=dict)
    carried_out: bool = False
    hangs_up: bool = False


class GitHub:
    """The server, on a port of the loopback interface."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []
        self.asked: list[tuple[str, str]] = []
        """Method and path of every request."""
        self.answers: list[tuple[str, Answer]] = []
        """What the next requests with a method are answered, in this order."""
        self.most = _MOST
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"github": self}))
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def start(self) -> GitHub:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def add(self, body: str, *, login: str = "minji") -> dict[str, Any]:
        """A comment that somebody wrote."""
        number = len(self.asked) * 1000 + len(self.comments) + 1
        made = {
            "id": number,
            "user": {"login": login, "type": "Bot" if login.endswith("[bot]") else "User"},
            "body": body,
            "html_url": f"https://github.com/{REPOSITORY}/pull/{NUMBER}#issuecomment-{number}",
        }
        self.comments.append(made)
        return made

    @property
    def bodies(self) -> list[str]:
        return [each["body"] for each in self.comments]

    def methods(self, *without: str) -> list[str]:
        return [method for method, path in self.asked if method not in without and path != "/graphql"]


class _Handler(BaseHTTPRequestHandler):
    """One connection."""

    github: ClassVar[GitHub]
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        self._handle()

    do_POST = do_PATCH = do_DELETE = do_GET  # noqa: N815 - the base's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Say nothing."""

    def _handle(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        content = self.rfile.read(length)
        self.github.asked.append((self.command, self.path))
        wanted = next((each for each in self.github.answers if each[0] == self.command), None)
        if wanted is None:
            self._answer(*self._right(json.loads(content) if content else None))
            return
        self.github.answers.remove(wanted)
        answer = wanted[1]
        if answer.carried_out:
            self._right(json.loads(content) if content else None)
        if answer.hangs_up:
            self.close_connection = True
            return
        self._answer(answer.status, {"message": answer.message}, answer.headers)

    def _right(self, body: Any) -> tuple[int, Any, Mapping[str, str]]:
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        if token not in _USERS:
            return 401, {"message": "Bad credentials", "status": "401"}, {}
        place = urlsplit(self.path)
        if place.path == "/graphql":
            return 200, {"data": {"viewer": {"login": _USERS[token]}}}, {}
        if self.command != "GET" and token == READER:
            return 403, {"message": "Resource not accessible by integration", "status": "403"}, {}
        if body is not None and len(body["body"]) > self.github.most:
            told = f"Body is too long (maximum is {self.github.most} characters)"
            fault = {"resource": "IssueComment", "code": "unprocessable", "field": "data", "message": told}
            return 422, {"message": "Validation Failed", "errors": [fault]}, {}
        if (thread := _THREAD.fullmatch(place.path)) and int(thread[1]) == NUMBER:
            if self.command == "GET":
                return self._page(parse_qs(place.query))
            return 201, self.github.add(body["body"], login=_USERS[token]), {}
        if found := _COMMENT.fullmatch(place.path):
            return self._one(int(found[1]), body)
        return 404, {"message": "Not Found", "status": "404"}, {}

    def _page(self, query: Mapping[str, list[str]]) -> tuple[int, Any, Mapping[str, str]]:
        size, page = int(query.get("per_page", ["30"])[0]), int(query.get("page", ["1"])[0])
        items = self.github.comments[(page - 1) * size : page * size]
        last = max(1, -(-len(self.github.comments) // size))
        address = f"{self.github.url}{urlsplit(self.path).path}?per_page={size}&page="
        ways = {"prev": page - 1, "next": page + 1, "last": last, "first": 1}
        told = [f'<{address}{number}>; rel="{name}"' for name, number in ways.items() if 1 <= number <= last]
        return 200, items, {"Link": ", ".join(told)} if last > 1 else {}

    def _one(self, number: int, body: Any) -> tuple[int, Any, Mapping[str, str]]:
        comment = next((each for each in self.github.comments if each["id"] == number), None)
        if comment is None:
            return 404, {"message": "Not Found", "status": "404"}, {}
        if self.command == "DELETE":
            self.github.comments.remove(comment)
            return 204, None, {}
        comment["body"] = body["body"].rstrip().replace("\n", "\r\n")
        return 200, comment, {}

    def _answer(self, status: int, body: Any, headers: Mapping[str, str]) -> None:
        content = b"" if body is None else json.dumps(body).encode()
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.end_headers()
        self.wfile.write(content)
