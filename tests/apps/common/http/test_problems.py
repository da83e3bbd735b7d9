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
from apps.common.http import Problem, ProblemType, create_api, problem_responses
from apps.common.http.problems import BUSY, RETRY_AFTER, UNAVAILABLE
from apps.common.settings import ServiceSettings

NOT_FINISHED = ProblemType(
    code="not-finished",
    status=409,
    title="Not finished",
    meaning="It goes on.",
    headers=(RETRY_AFTER,),
    members={"step": {"type": "string"}},
)
SOLD = ProblemType(code="sold", status=409, title="Sold", meaning="It is gone.")
ERRORS: dict[str, Exception] = {
    "own": Problem(NOT_FINISHED, "Ask again.", retry_after=1, step="analyzing"),
    "redis": RedisConnectionError("redis is away"),
    "postgres": OperationalError("select 1", {}, Exception("away")),
    "queue": QueueFull("q is full"),
    "bug": RuntimeError("secret detail"),
}
READY = {"slow": False, "refused": False}
router = APIRouter()


@router.get("/fail/{how}", responses=problem_responses(NOT_FINISHED, SOLD, UNAVAILABLE, BUSY))
async def fail(how: str) -> None:
    raise ERRORS[how]


@router.get("/count/{number}")
async def count(number: int) -> int:
    return number


@router.put("/count/{number}")
async def set_count(number: int) -> None: ...


@router.delete("/count/{number}/all")
async def forget(number: int) -> None: ...


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


@pytest.mark.parametrize(
    ("path", "methods"),
    [
        ("/api/v1/shop/count/3", "GET, PUT"),
        ("/api/v1/shop/count/3/all", "DELETE"),
        ("/healthz", "GET"),
        ("/api/v1/shop/openapi.json", "GET, HEAD"),
    ],
)
def test_a_refused_method_is_told_all_that_the_path_takes(
    client: TestClient, path: str, methods: str
) -> None:
    for method in ("POST", "OPTIONS", "BREW"):
        answer = client.request(method, path)
        assert (answer.status_code, answer.headers["Allow"]) == (405, methods)
        assert answer.json()["type"].endswith("/method-not-allowed")


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


def test_each_kind_of_problem_has_a_schema_of_its_own(client: TestClient) -> None:
    document = client.get("/api/v1/shop/openapi.json").json()
    schemas = document["components"]["schemas"]
    assert set(schemas) == {"NotFinished", "Sold", "Unavailable", "Busy", "InvalidRequest"}
    assert schemas["NotFinished"] == {
        "title": "NotFinished",
        "description": "It goes on.",
        "type": "object",
        "required": ["type", "title", "status", "detail", "step"],
        "properties": {
            "type": {"const": "https://growbin.app/problems/not-finished"},
            "title": {"const": "Not finished"},
            "status": {"const": 409},
            "detail": {
                "type": "string",
                "description": "What is wrong this time, and what the caller can do.",
            },
            "step": {"type": "string"},
        },
    }


def test_an_operation_names_the_kinds_of_each_status(client: TestClient) -> None:
    document = client.get("/api/v1/shop/openapi.json").json()
    responses = document["paths"]["/api/v1/shop/fail/{how}"]["get"]["responses"]
    assert set(responses) == {"200", "409", "422", "503"}
    place = "#/components/schemas/"
    assert responses["409"]["content"] == {
        "application/problem+json": {
            "schema": {
                "oneOf": [{"$ref": f"{place}NotFinished"}, {"$ref": f"{place}Sold"}],
                "discriminator": {
                    "propertyName": "type",
                    "mapping": {
                        "https://growbin.app/problems/not-finished": f"{place}NotFinished",
                        "https://growbin.app/problems/sold": f"{place}Sold",
                    },
                },
            }
        }
    }
    assert responses["422"]["content"] == {
        "application/problem+json": {"schema": {"$ref": f"{place}InvalidRequest"}}
    }
    required = {
        status: {name: header["required"] for name, header in response.get("headers", {}).items()}
        for status, response in responses.items()
    }
    assert required == {
        "200": {},
        "409": {"Retry-After": False},
        "422": {},
        "503": {"Retry-After": True},
    }
