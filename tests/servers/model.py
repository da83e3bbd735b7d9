"""A vision model that speaks OpenAI's chat completions, and is as strict about requests as they are.

What it answers depends on the picture alone: the same one is always the same thing, another one is another.
"""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Lock, Thread
from typing import Any, ClassVar, Literal

from tests.servers.connections import reset
from tests.servers.model_answers import Mode, completion
from tests.servers.model_questions import Question, Refused
from tests.servers.model_waiting import WaitingRoom

KEY = "sk-tests-only-0123456789"


@dataclass(frozen=True)
class Asked:
    """A request that came to an end; its mode is `left` where the client did not wait for one.

    Attributes:
        image: SHA-256 of the picture that was sent, in hex; empty where there was none.
        answered: whether the model did its work for it, which is what is paid for.
    """

    mode: Mode | Literal["left"]
    status: int
    model: str
    image: str
    image_bytes: int
    size: tuple[int, int]
    answered: bool


@dataclass
class Switches:
    """What a test changes; `ModelServer.reset` puts all back."""

    mode: Mode = "well"
    times: int | None = None
    """How many requests are answered by `mode`, before all is well again; None for every one."""
    latency: float = 0.0
    """Seconds before an answer."""
    waits: bool = False
    """Whether each question waits until the test calls it from the waiting room."""
    retry_after: str | None = "1"
    """Header of a 429."""
    answer: dict[str, Any] = field(default_factory=dict)
    """Put over what the model writes, as when the picture told it to."""

    def headers(self, mode: Mode) -> dict[str, str]:
        """What a refusal says beside its body."""
        limited = mode == "rate-limited" and self.retry_after is not None
        return {"Retry-After": str(self.retry_after)} if limited else {}


class ModelServer:
    """The server on a port of the loopback interface."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.asked: list[Asked] = []
        """Requests with a proper key, in the order in which they came to an end."""
        self.busy = 0
        """Requests that are being worked on."""
        self.lock = Lock()
        self._pictures: dict[str, Switches] = {}
        self.waiting = WaitingRoom()
        self._released = Event()
        self._server = _Server(("127.0.0.1", 0), type("Handler", (_Handler,), {"model": self}))
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def start(self) -> ModelServer:
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        return self

    def close(self) -> None:
        self._released.set()
        self._server.shutdown()
        self._server.server_close()

    def reset(self) -> None:
        """Be well again, and forget the log."""
        self.recover()
        self.asked.clear()

    def recover(self) -> None:
        """Be well again, and let go whom `hang` holds and who waits."""
        self._released.set()
        self._released = Event()
        self.switches = Switches()
        self._pictures.clear()
        self.waiting.call()

    def about(self, image: str) -> Switches:
        """Switches for the questions about one picture alone, by its SHA-256 in hex."""
        return self._pictures.setdefault(image, Switches())

    def switches_for(self, image: str) -> Switches:
        """The switches that a question about this picture is answered by."""
        return self._pictures.get(image, self.switches)

    def environment(self) -> dict[str, str]:
        """What a workload is told, by the names of its manifest."""
        return {"OPENAI_BASE_URL": self.url, "OPENAI_API_KEY": KEY}

    def next_mode(self, switches: Switches) -> Mode:
        """The mode for one more request."""
        with self.lock:
            if switches.times is None:
                return switches.mode
            if switches.times == 0:
                return "well"
            switches.times -= 1
            return switches.mode

    def hold(self) -> None:
        """Wait until the test is over."""
        self._released.wait(60)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256


_REFUSALS = {
    "rate-limited": Refused(429, "rate_limit_exceeded", "Rate limit reached"),
    "unauthorized": Refused(401, "invalid_api_key", "Incorrect API key provided"),
    "rejected": Refused(400, "invalid_image", "The image could not be processed"),
}


class _Handler(BaseHTTPRequestHandler):
    model: ClassVar[ModelServer]
    protocol_version = "HTTP/1.1"
    timeout = 30

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if self.path != "/v1/chat/completions":
            self._refuse(Refused(404, "not_found", f"no such place: {self.path}"))
            return
        if self.headers.get("Authorization") != f"Bearer {KEY}":
            self._refuse(Refused(401, "invalid_api_key", "Incorrect API key provided"))
            return
        with self.model.lock:
            self.model.busy += 1
        try:
            self._ask(body)
        finally:
            with self.model.lock:
                self.model.busy -= 1

    def _ask(self, body: bytes) -> None:
        try:
            question = Question.read(json.loads(body))
        except Refused as refusal:
            self._note("well", refusal.status, None)
            self._refuse(refusal)
            return
        switches = self.model.switches_for(question.image)
        mode = self.model.next_mode(switches)
        time.sleep(switches.latency)
        if switches.waits and not self.model.waiting.stay(question.image, self.connection):
            self._note("left", 0, question)
            self.close_connection = True
            return
        match mode:
            case "rate-limited" | "unauthorized" | "rejected":
                told = _REFUSALS[mode]
                self._note(mode, told.status, question)
                self._refuse(told, switches.headers(mode))
            case "error":
                self._note(mode, 500, question)
                self._say(500, b"<html>upstream error</html>", content_type="text/html")
            case "garbage":
                self._note(mode, 200, question)
                self._say(200, b'\xff{"choices": [')
            case "hang":
                self._note(mode, 0, question)
                self.model.hold()
                self.close_connection = True
            case "closed":
                self._note(mode, 0, question)
                self._reset()
            case _:
                self._note(mode, 200, question)
                answer = completion(question, mode, over=switches.answer)
                self._say(200, json.dumps(answer).encode())
                # The client is not told beforehand, and may use the connection once more.
                self.close_connection = mode == "answer-then-close"

    def _note(self, mode: Mode | Literal["left"], status: int, question: Question | None) -> None:
        self.model.asked.append(
            Asked(
                mode=mode,
                status=status,
                model=question.model if question else "",
                image=question.image if question else "",
                image_bytes=len(question.picture) if question else 0,
                size=question.size if question else (0, 0),
                answered=status == 200,
            )
        )

    def _refuse(self, refusal: Refused, headers: dict[str, str] | None = None) -> None:
        error = {
            "message": str(refusal),
            "type": "invalid_request_error",
            "param": None,
            "code": refusal.code,
        }
        self._say(refusal.status, json.dumps({"error": error}).encode(), headers)

    def _say(
        self,
        status: int,
        body: bytes,
        headers: dict[str, str] | None = None,
        *,
        content_type: str = "application/json",
    ) -> None:
        try:
            self.send_response(status)
            self.send_header("Content-Type", content_type)
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)
        except OSError:  # the client had enough
            self.close_connection = True

    def _reset(self) -> None:
        """Let the connection end without a good-bye."""
        self.close_connection = True
        reset(self.connection)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """What was asked stands in `asked`."""
