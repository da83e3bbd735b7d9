"""OpenTelemetry, for who wants it: on when OTEL_EXPORTER_OTLP_ENDPOINT is set and the packages are there."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable

from starlette.applications import Starlette
from starlette.types import ASGIApp, Receive, Scope, Send

from apps.common.settings import ServiceSettings

ENDPOINT = "OTEL_EXPORTER_OTLP_ENDPOINT"
"""OpenTelemetry's own variable; where it is not set nothing of it is imported."""


def instrument(api: Starlette, settings: ServiceSettings) -> None:
    """Send a span for each request of `api` to the endpoint, where one is set.

    Raises:
        SystemExit: an endpoint is set, but the image was built without the group `tracing`.
    """
    if ENDPOINT not in os.environ:
        return
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter  # noqa: PLC0415
        from opentelemetry.sdk.resources import Resource  # noqa: PLC0415
        from opentelemetry.sdk.trace import TracerProvider  # noqa: PLC0415
        from opentelemetry.sdk.trace.export import BatchSpanProcessor  # noqa: PLC0415
        from opentelemetry.trace import SpanKind  # noqa: PLC0415
        from opentelemetry.trace.propagation.tracecontext import (  # noqa: PLC0415
            TraceContextTextMapPropagator,
        )
    except ImportError as error:
        raise SystemExit(
            f"{ENDPOINT} is set, but {error.name} is not installed: add the group `tracing`"
        ) from None

    resource = Resource.create(
        {"service.name": settings.service_name, "deployment.environment.name": settings.environment}
    )
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    tracer = provider.get_tracer("apps.common")
    propagator = TraceContextTextMapPropagator()

    class Spans:
        """A span for each request; the caller's trace goes on."""

        def __init__(self, app: ASGIApp) -> None:
            self._app = app

        async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await self._app(scope, receive, send)
                return
            carrier = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
            with tracer.start_as_current_span(
                scope["method"], context=propagator.extract(carrier), kind=SpanKind.SERVER
            ) as span:
                await self._app(scope, receive, _noting(send, span.set_attribute))
                template = getattr(scope.get("route"), "path", None)
                if template:
                    span.update_name(f"{scope['method']} {template}")
                    span.set_attribute("http.route", template)

    api.add_middleware(Spans)


def _noting(send: Send, note: Callable[[str, int], None]) -> Callable[..., Awaitable[None]]:
    async def sending(message: dict[str, object]) -> None:
        if message["type"] == "http.response.start":
            note("http.response.status_code", int(str(message["status"])))
        await send(message)

    return sending
