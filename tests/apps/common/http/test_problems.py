"""Every error of a service is problem details."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest
from fastapi import APIRouter, FastAPI
from redis.exceptions import ConnectionError as RedisConnectionError
from sqlalchemy.exc import OperationalError
from starlette.testclient import TestClient

from apps.common.broker import QueueFull
from apps.common.http import Problem, create_api, problem_responses
from apps.common.settings import ServiceSettings

ERRORS: dict[str, Exception] = {
    "own": Problem(409, "not-finished", "Not finished", "Ask again.", retry_after=1, step="analyzing"),
    "redis": RedisConnectionError("redis is away"),
    "postgres": OperationalError("select 1", {}, Exception("away")),
    "queue": QueueFull("q is full"),
    "bug": RuntimeError("secret detail"),
}
READY = {"slow": False, "refused": False}
router = APIRouter()


@router.get("/fail/{how}", responses=problem_responses(409, 503))
async def fail(how: str) -> None:
    raise ERRORS[how]


@router.get("/count/{number}")
async def count(number: int) -> int:
    return number


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    yield


async def _neighbour() -> bool:
    if READY["slow"]:
        await asyncio.sleep(60)
    return not READY["refused"]


@pytest.fixture(scope="module")
def client() -> Iterator[TestClient]:
    api = create_api(
        settings=ServiceSettings(service_name="shop-service", environment="test"),
        title="Shop",
        prefix="/api/v1/shop",
        lifespan=lifespan,
        routers=[router],
        ready={"neighbour": _neighbour},
    )
    with TestClient(api) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/api/v1/shop/fail/own", 409, "not-finished"),
        ("/api/v1/shop/fail/redis", 503, "unavailable"),
        ("/api/v1/shop/fail/postgres", 503, "unavailable"),
        ("/api/v1/shop/fail/queue", 503, "busy"),
        ("/api/v1/shop/fail/bug", 500, "internal-error"),
        ("/api/v1/shop/count/three", 422, "invalid-request"),
        ("/api/v1/shop/nothing", 404, "not-found"),
        ("/", 404, "not-found"),
    ],
)
def test_an_error_is_problem_details(client: TestClient, path: str, status: int, kind: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    body = answer.json()
    assert body["type"].endswith(f"/{kind}")
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    assert ("Retry-After" in answer.headers) == (status in (409, 503))
    assert "secret detail" not in answer.text


def test_a_request_keeps_a_well_formed_id_and_gets_one_otherwise(client: TestClient) -> None:
    own = client.get("/api/v1/shop/count/3", headers={"X-Request-Id": "abc-12345"})
    assert own.headers["x-request-id"] == "abc-12345"
    hostile = client.get("/api/v1/shop/fail/bug", headers={"X-Request-Id": "a\tb; drop"})
    assert len(hostile.headers["x-request-id"]) == 32


def test_routes_are_measured_by_their_template(client: TestClient) -> None:
    for number in range(3):
        client.get(f"/api/v1/shop/count/{number}")
    told = client.get("/metrics").text
    assert 'http_requests_total{method="GET",route="/api/v1/shop/count/{number}",status="200"}' in told
    assert 'route="/api/v1/shop/count/1"' not in told


def test_alive_is_not_ready(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client.get("/readyz").status_code == 200
    monkeypatch.setitem(READY, "refused", True)
    answer = client.get("/readyz")
    assert (answer.status_code, answer.json()["problems"]) == (503, {"neighbour": "refused"})
    monkeypatch.setitem(READY, "slow", True)
    assert "no answer" in client.get("/readyz").json()["problems"]["neighbour"]
    assert client.get("/healthz").status_code == 200


def test_the_openapi_document_tells_of_problems(client: TestClient) -> None:
    document = client.get("/api/v1/shop/openapi.json").json()
    responses = document["paths"]["/api/v1/shop/fail/{how}"]["get"]["responses"]
    assert set(responses) >= {"200", "409", "422", "503"}
    assert all("application/problem+json" in responses[status]["content"] for status in ("409", "422", "503"))
    assert "HTTPValidationError" not in document["components"]["schemas"]
