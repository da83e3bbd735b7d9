"""Around each request: its id, its log line, its metrics."""

from __future__ import annotations

import re
import time
import uuid

import structlog
from starlette.routing import Match, Router
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from apps.common.telemetry.metrics import HTTP_DURATION, HTTP_REQUESTS

_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}\Z")
_HEADER = b"x-request-id"
_QUIET = ("/healthz", "/readyz", "/metrics")
_log = structlog.get_logger("apps.http")


class Observation:
    """ASGI middleware that gives each request an id (or keeps a well-formed one), logs and measures it.

    The route's template, not the path, is the metrics' label: paths hold ids without end.
    """

    def __init__(self, app: ASGIApp, *, router: Router) -> None:
        self._app = app
        self._router = router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        given = dict(scope["headers"]).get(_HEADER, b"")
        request_id = given if _ID.match(given) else uuid.uuid4().hex.encode()
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id.decode())
        started = time.perf_counter()
        status = 500

        async def sending(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], (_HEADER, request_id)]
            await send(message)

        try:
            await self._app(scope, receive, sending)
        finally:
            if scope["path"] not in _QUIET:
                self._told(scope, status, time.perf_counter() - started)

    def _told(self, scope: Scope, status: int, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", None) or self._template(scope)
        method = scope["method"] if scope["method"] in _METHODS else "OTHER"
        HTTP_DURATION.labels(method, route, str(status)).observe(seconds)
        HTTP_REQUESTS.labels(method, route, str(status)).inc()
        _log.info("request", method=method, route=route, status=status, milliseconds=round(seconds * 1000, 1))

    def _template(self, scope: Scope) -> str:
        for route in self._router.routes:
            match, _ = route.matches(scope)
            if match is not Match.NONE:
                return str(getattr(route, "path", "unknown"))
        return "unknown"


_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
