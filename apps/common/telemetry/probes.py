"""How a process that serves no requests shows that it is well: /metrics, /healthz, /readyz."""

from __future__ import annotations

import os
from collections.abc import Callable
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest, multiprocess
from prometheus_client.registry import REGISTRY

Check = Callable[[], str | None]
"""Answers None when all is well, else what is wrong."""

MULTIPROCESS_FOLDER = "PROMETHEUS_MULTIPROC_DIR"


def well() -> None:
    """The check of a process that is well whenever it can answer."""


def serve(port: int, *, ready: Check, alive: Check = well, host: str = "") -> ThreadingHTTPServer:
    """Answer on `port` from a thread (a greenlet where gevent has patched) until the process ends.

    `/healthz` is 503 when the process should be restarted, `/readyz` when it cannot do its work now; each
    says why in its body. Call `shutdown()` of what is returned to stop.
    """

    class Handler(_Handler):
        checks: ClassVar = {"/healthz": alive, "/readyz": ready}

    server = ThreadingHTTPServer((host, port), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, name="probes", daemon=True).start()
    return server


def exposition() -> bytes:
    """All metrics of this process, and of its children where they share a folder."""
    registry: CollectorRegistry = REGISTRY
    if MULTIPROCESS_FOLDER in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return generate_latest(registry)


class _Handler(BaseHTTPRequestHandler):
    checks: ClassVar[dict[str, Check]]
    timeout = 5

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/metrics":
            self._answer(HTTPStatus.OK, exposition(), CONTENT_TYPE_LATEST)
        elif (check := self.checks.get(path)) is not None:
            problem = check()
            status = HTTPStatus.OK if problem is None else HTTPStatus.SERVICE_UNAVAILABLE
            self._answer(status, (problem or "ok").encode() + b"\n", "text/plain; charset=utf-8")
        else:
            self._answer(HTTPStatus.NOT_FOUND, b"try /metrics, /healthz or /readyz\n", "text/plain")

    def _answer(self, status: HTTPStatus, body: bytes, content_type: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """A probe every few seconds is not worth a line."""
