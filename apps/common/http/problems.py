"""Errors as problem details (RFC 9457): `application/problem+json` with a stable type."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from redis.exceptions import RedisError
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from apps.common.broker.errors import PublishError

MEDIA_TYPE = "application/problem+json"
_TYPES = "https://growbin.app/problems/"
_log = structlog.get_logger(__name__)


class Problem(Exception):  # noqa: N818 - the RFC's word
    """Raise it, and the caller gets it as problem details.

    Args:
        status: of HTTP.
        code: kebab-case name of this kind of problem, the end of its type address; it never changes.
        title: of every problem of this kind.
        detail: what is wrong this time, and what the caller can do.
        retry_after: seconds, sent as the header Retry-After.
        headers: further ones.
        extensions: members of the problem beside the RFC's own.
    """

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str,
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **extensions: object,
    ) -> None:
        super().__init__(f"{status} {code}: {detail}")
        self.status = status
        self.headers = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)
        self.body: dict[str, object] = {
            "type": _TYPES + code,
            "title": title,
            "status": status,
            "detail": detail,
            **extensions,
        }


class ProblemDetails(BaseModel):
    """Problem details (RFC 9457)."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(examples=[_TYPES + "not-found"])]
    title: Annotated[str, Field(examples=["Not found"])]
    status: Annotated[int, Field(ge=400, le=599, examples=[404])]
    detail: Annotated[str, Field(examples=["There is no such job."])]


def problem_responses(*statuses: int) -> dict[int | str, dict[str, object]]:
    """The `responses=` of a route that answers problems with these statuses."""
    schema = {"schema": {"$ref": "#/components/schemas/ProblemDetails"}}
    return {
        status: {"description": HTTPStatus(status).phrase, "content": {MEDIA_TYPE: schema}}
        for status in statuses
    }


def install(api: FastAPI) -> None:
    """Make every error of `api` a problem: its own, the framework's, and those of stores that are away."""
    api.add_exception_handler(Problem, _problem)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http)
    api.add_exception_handler(RedisError, _store_away)
    api.add_exception_handler(SQLAlchemyError, _store_away)
    api.add_exception_handler(PublishError, _refused)


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
    return _response(
        Problem(422, "invalid-request", "Invalid request", f"Please correct: {places}.", errors=faults)
    )


async def _http(_: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    phrase = HTTPStatus(error.status_code).phrase
    code = phrase.lower().replace(" ", "-")
    return _response(Problem(error.status_code, code, phrase, str(error.detail), headers=error.headers))


async def _store_away(request: Request, error: Exception) -> JSONResponse:
    _log.error("a store did not answer", path=request.url.path, reason=f"{type(error).__name__}: {error}")
    detail = "The service cannot reach its data at the moment. Try again shortly; nothing was lost."
    return _response(Problem(503, "unavailable", "Temporarily unavailable", detail, retry_after=5))


async def _refused(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, PublishError)  # noqa: S101 - registered for it
    _log.warning("a task was not accepted", path=request.url.path, reason=str(error))
    detail = "The work could not be queued at the moment. Try again after the time stated."
    return _response(Problem(503, "busy", "Too busy", detail, retry_after=error.retry_after))


def unexpected() -> JSONResponse:
    """The answer to a request that failed on our side; why is for the log alone."""
    detail = "The request failed for a reason on our side; it has been recorded under its request id."
    return _response(Problem(500, "internal-error", "Internal error", detail))
