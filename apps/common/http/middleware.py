"""Around each request: its id, its log line, its metrics."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apps.common.http import handlers
from apps.common.telemetry.metrics import HTTP_DURATION, HTTP_REQUESTS

_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_HEADER = b"x-request-id"
_QUIET = ("/healthz", "/readyz", "/metrics")

POLLED = "apps.polled"
"""What a route puts into its request's scope when it is asked so often that only failures are worth a line;
the metrics count all."""

_log = structlog.get_logger("apps.http")


class Observation:
    """ASGI middleware that gives each request an id (or keeps a well-formed one), logs and measures it.

    The route's template, not the path, is the metrics' label: paths hold ids without end.
    """

    def __init__(self, app: ASGIApp, *, prefix: str) -> None:
        self._app = app
        self._prefix = prefix

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(_HEADER, b"")
        request_id = given if _ID.match(given) else uuid.uuid4().hex.encode()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        started = time.perf_counter()
        status = 0

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_HEADER, request_id)]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        except Exception as error:
            _log.error("request failed", path=scope["path"], exc_info=error)
            if not status:
                await handlers.unexpected()(scope, receive, sending)
        finally:
            if scope["path"] not in _QUIET:
                self._told(scope, status, time.perf_counter() - started)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        route = self._template(scope)
        method = scope["method"] if scope["method"] in handlers.METHODS else "OTHER"
        HTTP_DURATION.labels(method, route, str(status)).observe(seconds)
        HTTP_REQUESTS.labels(method, route, str(status)).inc()
        if status < 400 and scope.get(POLLED):
            return
        _log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))

    def _template(self, scope: Scope) -> str:
        path = getattr(scope.get("route"), "path", None)
        if not isinstance(path, str):
            return "unknown"
        inside = scope["path"].startswith(self._prefix) and not path.startswith(self._prefix)
        return self._prefix + path if inside else path
