"""Schedulers as they are deployed, and what they sent."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import amqp
import pytest

from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.postgres import Database
from tests.servers.process import Process
from tests.servers.rabbitmq import RabbitMQ


class Sent(NamedTuple):
    task: str
    id: str


class Beat:
    """One scheduler's process, with the command of its manifest."""

    def __init__(self, environment: dict[str, str], log: Path) -> None:
        self.port = free_port()
        command = manifests.pod("Deployment", "celery-beat")["containers"][0]["command"]
        self.process = Process(command, environment | {"METRICS_PORT": str(self.port)}, log=log)

    def start(self) -> Beat:
        self.process.start().wait_ready(f"http://127.0.0.1:{self.port}/readyz")
        return self

    def status(self, path: str) -> int:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=5) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code

    def metric(self, name: str) -> float | None:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith(f"{name} "):
                    return float(line.rpartition(" ")[2])
        return None

    @property
    def leads(self) -> bool:
        return self.metric("beat_is_leader") == 1


def until(true: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


@pytest.fixture
def environment(database: Database, rabbitmq: RabbitMQ) -> dict[str, str]:
    return (
        database.environment("beat")
        | rabbitmq.environment("celery-beat")
        | {"SERVICE_NAME": "celery-beat", "ENVIRONMENT": "test", "TZ": "Asia/Seoul"}
    )


@pytest.fixture
def beat(environment, tmp_path) -> Iterator[Callable[[], Beat]]:
    """Makes schedulers, which are ended after the test."""
    made: list[Beat] = []

    def make() -> Beat:
        made.append(Beat(environment, tmp_path / f"beat-{len(made)}.log"))
        return made[-1]

    yield make
    for each in made:
        if each.process.running:
            each.process.terminate()


@pytest.fixture
def schedule(database):
    """The stored schedule, emptied before the test."""
    with database.connect("beat") as connection:
        connection.execute("DELETE FROM beat.schedule")
        yield connection


@pytest.fixture
def queues(rabbitmq):
    """Empty queues; calling the fixture takes all messages out of those that have a schedule."""
    rabbitmq.purge_all()

    def drained() -> list[Sent]:
        found = []
        login = {"userid": "admin", "password": rabbitmq.environment("admin")["RABBITMQ_PASSWORD"]}
        with amqp.Connection(host=f"{rabbitmq.host}:{rabbitmq.port}", **login) as connection:
            channel = connection.channel()
            for queue in ("q.batch", "q.sched"):
                while (message := channel.basic_get(queue, no_ack=True)) is not None:
                    found.append(Sent((message.headers or {})["task"], (message.headers or {})["id"]))
        return found

    yield drained
    rabbitmq.purge_all()
