"""What becomes of an exception: problem details, whatever was raised."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.routing import BaseRoute, Match
from starlette.types import Scope

from apps.common.broker.errors import PublishError
from apps.common.http.problems import (
    BUSY,
    INTERNAL_ERROR,
    INVALID_REQUEST,
    MEDIA_TYPE,
    UNAVAILABLE,
    Problem,
    of_status,
)

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_log = structlog.get_logger(__name__)


def install(api: FastAPI) -> None:
    """Make every error of `api` a problem: its own, the framework's, and those of stores that are away."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RedisError, _store_away)
    api.add_exception_handler(SQLAlchemyError, _store_away)
    api.add_exception_handler(PublishError, _refused)


def unexpected() -> JSONResponse:
    """The answer to a request that failed on our side; why is for the log alone."""
    detail = "The request failed for a reason on our side; it has been recorded under its request id."
    return _response(Problem(INTERNAL_ERROR, detail))


def allowed(routes: Iterable[BaseRoute], scope: Scope) -> tuple[str, ...]:
    """The methods that the path of `scope` takes: of all routes with this path, not of the first."""
    routes = tuple(routes)
    return tuple(
        method
        for method in METHODS
        if any(route.matches({**scope, "method": method})[0] is Match.FULL for route in routes)
    )


def _response(problem: Problem) -> JSONResponse:
    return JSONResponse(problem.body, problem.status, problem.headers, MEDIA_TYPE)


async def _problem(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 - registered for it
    return _response(error)


async def _invalid(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    # The value itself is not repeated: it may be a secret, or not be text at all.
    faults = [
        {"place": ".".join(str(part) for part in fault["loc"]), "reason": fault["msg"]}
        for fault in error.errors()
    ]
    places = ", ".join(fault["place"] for fault in faults)
    return _response(Problem(INVALID_REQUEST, f"Please correct: {places}.", errors=faults))


async def _http(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
        headers["Allow"] = ", ".join(allowed(request.app.routes, request.scope))
    return _response(of_status(error.status_code, str(error.detail), headers=headers))


async def _store_away(request: Request, error: Exception) -> JSONResponse:
    _log.error("a store did not answer", path=request.url.path, reason=f"{type(error).__name__}: {error}")
    detail = "The service cannot reach its data at the moment. Try again shortly; nothing was lost."
    return _response(Problem(UNAVAILABLE, detail, retry_after=5))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PublishError)  # noqa: S101 - registered for it
    _log.warning("a task was not accepted", path=request.url.path, reason=str(error))
    detail = "The work could not be queued at the moment. Try again after the time stated."
    return _response(Problem(BUSY, detail, retry_after=error.retry_after))
