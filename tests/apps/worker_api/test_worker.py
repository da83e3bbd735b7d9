"""The api-worker on real servers: cells are refreshed, once, and log-ins are verified by the same process."""

from __future__ import annotations

import os
import signal
import uuid

import httpx2
import pytest

from apps.common.bins.found import lock_key
from apps.common.bins.grid import Cell, Point
from apps.common.bins.kinds import Kind
from tests.apps.worker_api.conftest import CELL
from tests.servers import manifests
from tests.servers.kakao_map import scattered
from tests.servers.process import Process
from tests.servers.waiting import eventually

WORD = "의류수거함"


@pytest.fixture
def bins(kakao_map, worker):
    centre = CELL.centre
    kakao_map.places = scattered(
        3, 40, word=WORD, latitude=centre.latitude, longitude=centre.longitude, metres=900
    )
    return kakao_map.places


def test_a_cell_is_refreshed(worker, bins, kakao_map):
    worker.search()
    eventually(worker.cached, "the cell is cached")
    assert {place.id for place in worker.cached().places} == {place.id for place in bins}
    assert worker.cached().covered == CELL.reach
    assert [each["page"] for each in kakao_map.asked] == ["1", "2", "3"]


def test_what_is_fresh_is_not_asked_again(worker, bins, kakao_map):
    before = worker.runs()
    for _ in range(4):
        worker.search()
    eventually(lambda: worker.runs() == before + 4, "all have run")
    assert [each["page"] for each in kakao_map.asked] == ["1", "2", "3"]


@pytest.mark.parametrize("mode", ["slow", "error", "throttling", "garbage", "hangs-up"])
def test_a_map_that_fails_is_asked_again(worker, bins, kakao_map, mode):
    kakao_map.mode = mode
    before = worker.runs("retry")
    worker.search()
    eventually(lambda: worker.runs("retry") > before, "the task is put off")
    assert worker.cached() is None
    kakao_map.release()
    kakao_map.mode = "well"
    eventually(worker.cached, "the cell is cached")


def test_a_message_that_nobody_understands_is_dead_lettered_at_once(worker, publisher, rabbitmq, kakao_map):
    publisher.publish("map.search", {"kind": "gold", "cell": str(CELL)})
    publisher.publish("map.search", {"kind": "food", "cell": "500-0-99999"})
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 2, "both are dead letters")
    assert kakao_map.asked == []


def test_while_the_service_asks_the_worker_waits(worker, bins, kakao_map, redis_server):
    before = worker.runs("retry")
    with redis_server.client() as client:
        client.set(lock_key(Kind.CLOTHING, CELL), "the service", px=1500)
        worker.search()
        eventually(worker.cached, "the cell is cached")
    assert worker.runs("retry") == before
    assert len(kakao_map.asked) == 3


def test_without_a_cache_the_task_is_put_off(worker, bins, redis_cache_server):
    before = worker.runs("retry")
    redis_cache_server.stop()
    try:
        worker.search()
        eventually(lambda: worker.runs("retry") > before, "the task is put off", seconds=60)
    finally:
        redis_cache_server.start()
    eventually(worker.cached, "the cell is cached", seconds=60)


def test_eight_are_asked_at_once(worker, bins, kakao_map, rabbitmq):
    """As many as the manifest's concurrency wait for the map together."""
    cells = [Cell.of(Point(36 + number / 10, 127), 500) for number in range(9)]
    kakao_map.mode = "slow"
    for cell in cells:
        worker.search(cell)
    eventually(lambda: len(kakao_map.asked) == 8, "eight are under way")
    assert sum(kakao_map.at_once.values()) == 8
    kakao_map.mode = "well"
    kakao_map.release()
    eventually(lambda: all(worker.cached(cell) for cell in cells), "all are cached")
    eventually(lambda: rabbitmq.queue_length("q.api") == 0, "all are acknowledged")


def test_a_worker_that_is_killed_loses_no_cell(worker, bins, kakao_map):
    kakao_map.mode = "slow"
    worker.search()
    eventually(lambda: kakao_map.asked, "the map is asked")
    worker.process.kill()
    kakao_map.mode = "well"
    kakao_map.release()
    worker.process.start().wait_ready(f"{worker.url}/readyz", seconds=60)
    eventually(worker.cached, "the cell is cached")


def test_sigterm_lets_the_running_search_end(worker, bins, kakao_map, rabbitmq):
    kakao_map.mode = "slow"
    worker.search()
    eventually(lambda: kakao_map.asked, "the map is asked")
    os.kill(worker.process.pid, signal.SIGTERM)
    kakao_map.mode = "well"
    kakao_map.release()
    assert worker.process.wait(seconds=30) == 0
    assert worker.cached() is not None
    assert rabbitmq.queue_length("q.api") == 0
    worker.process.start().wait_ready(f"{worker.url}/readyz", seconds=60)


def test_the_same_process_verifies_logins(worker, publisher, database, redis_server, identity_provider):
    user, login = uuid.uuid4(), uuid.uuid4()
    with database.connect("auth") as connection:
        connection.execute("INSERT INTO users (id) VALUES (%s)", (user,))
        connection.execute(
            "INSERT INTO identities (provider, subject, user_id) VALUES ('kakao', 'person-1', %s)", (user,)
        )
        connection.execute(
            """INSERT INTO families (id, user_id, provider, expires_at)
               VALUES (%s, %s, 'kakao', now() + interval '30 days')""",
            (login, user),
        )
        with redis_server.client() as client:
            client.set(f"oauth:login:{login}", identity_provider.id_token("kakao-client", "person-1", "n"))
        publisher.publish("oauth.verify", {"login_id": str(login)})
        query = "SELECT 1 FROM families WHERE id = %s AND confirmed_at IS NOT NULL"
        eventually(lambda: connection.execute(query, (login,)).fetchone(), "the log-in is confirmed")


def test_probes_and_metrics(worker, bins):
    worker.search()
    eventually(worker.cached, "the cell is cached")
    assert httpx2.get(f"{worker.url}/healthz").status_code == 200
    text = httpx2.get(f"{worker.url}/metrics").text
    assert 'celery_task_duration_seconds_count{queue="q.api",task="map.search"}' in text


def test_the_log_holds_neither_key_nor_place(worker, bins, kakao_map, environment):
    worker.search()
    eventually(worker.cached, "the cell is cached")
    text = worker.process.log.read_text()
    assert environment["KAKAO_REST_API_KEY"] not in text
    assert f"{CELL.centre.latitude:.4f}" not in text


@pytest.mark.parametrize(
    "name", ["KAKAO_MAP_BASE_URL", "KAKAO_REST_API_KEY", "REDIS_CACHE_HOST", "KAKAO_CLIENT_ID"]
)
def test_a_variable_that_is_missing_is_named(environment, tmp_path, name):
    container = manifests.pod("Deployment", "api-worker")["containers"][0]
    told = manifests.variables(container) | environment
    del told[name]
    process = Process(container["command"], told, log=tmp_path / "log").start()
    assert process.wait(seconds=60) == 78
    assert f"{name} is not set" in process.tail()
