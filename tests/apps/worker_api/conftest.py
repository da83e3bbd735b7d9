"""api-worker as a process, with the command of its manifest, a broker, stores, and third parties to ask."""

from __future__ import annotations

import uuid
from pathlib import Path

import httpx2
import pytest
from pydantic import SecretStr

from apps.common.bins.found import CellBins, cache_key
from apps.common.bins.grid import Cell, Point
from apps.common.bins.kinds import Kind
from apps.common.broker import Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings
from tests.servers import manifests
from tests.servers.identity_provider import IdentityProvider
from tests.servers.kakao_map import KakaoMap
from tests.servers.ports import free_port
from tests.servers.process import Process

CELL = Cell.of(Point(37.5666805, 126.9784147), 1000)


class Worker:
    """The process, and a way to send it tasks."""

    def __init__(self, environment, publisher, cache, *, folder):
        container = manifests.pod("Deployment", "api-worker")["containers"][0]
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        told = manifests.variables(container) | environment | {"METRICS_PORT": str(port)}
        command = [word.replace("%h", uuid.uuid4().hex) for word in container["command"]]
        self.process = Process(command, told, log=folder / "worker.log", name="api-worker").start()
        self._publisher, self._cache = publisher, cache
        self.process.wait_ready(f"{self.url}/readyz", seconds=60)

    def search(self, cell=CELL, kind="clothing"):
        self._publisher.publish("map.search", {"kind": kind, "cell": str(cell)})

    def cached(self, cell=CELL, kind="clothing"):
        with self._cache.client() as client:
            value = client.get(cache_key(Kind(kind), cell))
        return None if value is None else CellBins.model_validate_json(value)

    def runs(self, state="success", task="map.search"):
        """How many runs of a task ended so."""
        wanted = f'celery_tasks_total{{queue="q.api",state="{state}",task="{task}"}} '
        lines = httpx2.get(f"{self.url}/metrics").text.splitlines()
        return sum(float(line.removeprefix(wanted)) for line in lines if line.startswith(wanted))


@pytest.fixture(scope="module")
def kakao_map():
    server = KakaoMap().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def identity_provider():
    server = IdentityProvider().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def publisher(rabbitmq):
    """As the services publish."""
    told = rabbitmq.environment("auth-service")
    messaging_file = Path(told["MESSAGING_FILE"])
    settings = BrokerSettings(
        rabbitmq_host=told["RABBITMQ_HOST"],
        rabbitmq_port=int(told["RABBITMQ_PORT"]),
        rabbitmq_user=told["RABBITMQ_USER"],
        rabbitmq_password=SecretStr(told["RABBITMQ_PASSWORD"]),
        messaging_file=messaging_file,
    )
    publisher = Publisher(celery_app("tests", settings=settings, messaging=Messaging.read(messaging_file)))
    yield publisher
    publisher.close()


@pytest.fixture(scope="module")
def stores(database, redis_server, redis_cache_server):
    return database.environment("auth") | redis_server.environment() | redis_cache_server.environment()


@pytest.fixture(scope="module")
def environment(stores, rabbitmq, kakao_map, identity_provider):
    third_parties = kakao_map.environment() | identity_provider.environment()
    return stores | rabbitmq.environment("api-worker") | third_parties


@pytest.fixture(scope="module")
def running(environment, publisher, redis_cache_server, rabbitmq, tmp_path_factory):
    rabbitmq.purge_all()
    worker = Worker(environment, publisher, redis_cache_server, folder=tmp_path_factory.mktemp("worker"))
    yield worker
    worker.process.terminate()
    rabbitmq.purge_all()


@pytest.fixture
def worker(running, redis_server, redis_cache_server, kakao_map, rabbitmq):
    """The worker, with nothing in Redis and the queues, and a map that is well and empty."""
    redis_server.flush()
    redis_cache_server.flush()
    rabbitmq.purge_all()
    kakao_map.reset()
    yield running
    kakao_map.reset()
