"""The FastAPI application that every service starts from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from typing import Any

from fastapi import APIRouter, FastAPI

from apps.common.http import handlers, openapi
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
    handlers.install(api)
    api.add_middleware(Observation, prefix=prefix)
    tracing.instrument(api, settings)
    return api


class _Api(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """The document that is served; made once."""
        if self.openapi_schema is None:
            self.openapi_schema = openapi.document(self)
        return self.openapi_schema
