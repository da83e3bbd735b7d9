"""The FastAPI application that every service starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI
from fastapi.openapi.utils import get_openapi

from apps.common.http import problems
from apps.common.http.health import Check, health_router
from apps.common.http.middleware import Observation
from apps.common.settings import ServiceSettings
from apps.common.telemetry import logging, tracing

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]


def create_api(
    *,
    settings: ServiceSettings,
    title: str,
    prefix: str,
    lifespan: Lifespan,
    routers: Sequence[APIRouter],
    ready: Mapping[str, Check],
) -> FastAPI:
    """An application with request ids, logs, metrics, health and problem details, and its OpenAPI document.

    Args:
        prefix: the path under which the load balancer sends requests; the documents stand there too.
        ready: what the service cannot do its work without, by name.
    """
    logging.configure(settings)
    api = _Api(
        title=title,
        version="1",
        lifespan=lifespan,
        openapi_url=f"{prefix}/openapi.json",
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    for router in routers:
        api.include_router(router, prefix=prefix)
    api.include_router(health_router(ready))
    problems.install(api)
    api.add_middleware(Observation, prefix=prefix)
    tracing.instrument(api, settings)
    return api


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The OpenAPI document, in which invalid requests answer problem details like everything else."""
        if self.openapi_schema is None:
            self.openapi_schema = _document(self)
        return self.openapi_schema


def _document(api: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=api.title, version=api.version, routes=api.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["ProblemDetails"] = problems.ProblemDetails.model_json_schema()
    invalid = problems.problem_responses(422)[422]
    for operations in document.get("paths", {}).values():
        for operation in operations.values():
            if "422" in operation.get("responses", {}):
                operation["responses"]["422"] = invalid
    return document
