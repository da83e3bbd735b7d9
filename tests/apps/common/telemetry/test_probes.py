"""A background process answers its probes over HTTP."""

from __future__ import annotations

from collections.abc import Iterator

import httpx2
import pytest

from apps.common.telemetry import probes
from apps.common.telemetry.metrics import CACHE_REQUESTS
from tests.servers.ports import free_port

BROKEN: dict[str, str | None] = {"ready": None, "alive": None}


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    port = free_port()
    server = probes.serve(
        port, ready=lambda: BROKEN["ready"], alive=lambda: BROKEN["alive"], host="127.0.0.1"
    )
    yield f"http://127.0.0.1:{port}"
    server.shutdown()
    server.server_close()


@pytest.mark.parametrize(("check", "path"), [("ready", "/readyz"), ("alive", "/healthz")])
def test_a_check_that_fails_is_503_with_its_reason(
    address: str, check: str, path: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert httpx2.get(address + path).status_code == 200
    monkeypatch.setitem(BROKEN, check, "no connection to the broker")
    answer = httpx2.get(address + path)
    assert (answer.status_code, answer.text) == (503, "no connection to the broker\n")
    other = {"/readyz": "/healthz", "/healthz": "/readyz"}[path]
    assert httpx2.get(address + other).status_code == 200


def test_metrics_are_in_prometheus_form(address: str) -> None:
    CACHE_REQUESTS.labels(cache="probe-test", result="hit").inc()
    answer = httpx2.get(f"{address}/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=")
    assert 'cache_requests_total{cache="probe-test",result="hit"} 1.0' in answer.text


def test_other_paths_are_404_and_name_the_right_ones(address: str) -> None:
    answer = httpx2.get(f"{address}/")
    assert answer.status_code == 404
    assert "/readyz" in answer.text
