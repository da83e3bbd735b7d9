"""Probes and metrics of a service: alive is not ready."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse, PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST

from apps.common.telemetry.probes import exposition

Check = Callable[[], Awaitable[object]]
"""Raises, or answers False, when a neighbour cannot be used."""

_SECONDS = 1.5


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """Routes /healthz (the process itself), /readyz (with what it cannot do without) and /metrics."""
    router = APIRouter(include_in_schema=False)

    @router.get("/healthz")
    async def healthz() -> Response:
        return PlainTextResponse("ok\n")

    @router.get("/readyz")
    async def readyz() -> Response:
        found = await asyncio.gather(*(_asked(check) for check in checks.values()))
        problems = {name: problem for name, problem in zip(checks, found, strict=True) if problem}
        return JSONResponse({"ready": not problems, "problems": problems}, 503 if problems else 200)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(exposition(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _asked(check: Check) -> str | None:
    try:
        async with asyncio.timeout(_SECONDS):
            answer = await check()
    except TimeoutError:
        return f"no answer within {_SECONDS} s"
    except Exception as error:
        return type(error).__name__
    return "refused" if answer is False else None
