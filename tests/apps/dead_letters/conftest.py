"""The collector and the operator's command as processes, on real servers."""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import urllib.request
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import amqp
import psycopg
import pytest

from apps.dead_letters.__main__ import main
from tests.servers.ports import free_port
from tests.servers.process import REPOSITORY, Process
from tests.servers.waiting import eventually

if TYPE_CHECKING:
    from tests.servers.postgres import Database
    from tests.servers.rabbitmq import RabbitMQ


class RawMessage(amqp.basic_message.Message):
    """A message with property flags and values as no client of ours would write them."""

    def __init__(self, body: bytes, properties: bytes) -> None:
        super().__init__(body)
        self._raw = properties

    def _serialize_properties(self) -> bytes:
        return self._raw


@dataclass
class Platform:
    """Broker and database with an account of the dead letters, and what a test does to them."""

    rabbitmq: RabbitMQ
    database: Database
    folder: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "SERVICE_NAME": "dlq-collector",
            "ENVIRONMENT": "test",
            **self.database.environment("dlq"),
            **self.rabbitmq.environment("dlq-collector"),
        }

    def collector(self) -> Collector:
        return Collector(self)

    def operator(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the operator's command to its end."""
        with self.operating(*arguments) as process:
            out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess(arguments, process.returncode, out, err)

    def operating(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "apps.dead_letters", *arguments],
            cwd=REPOSITORY,
            env=self.environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def listed(self, *arguments: str) -> list[dict[str, object]]:
        """What `list --json` tells; in this process, which is quicker than one more."""
        told = io.StringIO()
        with patch.dict(os.environ, self.environment), contextlib.redirect_stdout(told):
            assert main(["list", "--json", "--limit", "1000", *arguments]) == 0
        found = json.loads(told.getvalue())
        assert isinstance(found, list)
        return found

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with self.database.connect() as connection:
            return connection.execute(query).fetchall()

    def stored(self) -> int:
        try:
            return len(self.rows("SELECT 1 FROM dlq.letters"))
        except psycopg.OperationalError:
            return -1

    def publish(
        self,
        body: bytes,
        *,
        exchange: str = "tasks",
        routing_key: str = "ai.image.analyze",
        **properties: object,
    ) -> None:
        """Send a message as the administrator, and wait until the broker has it."""
        with self._connected() as connection:
            message = amqp.basic_message.Message(body, delivery_mode=2, **properties)
            connection.channel().basic_publish(message, exchange=exchange, routing_key=routing_key)

    def publish_raw(self, body: bytes, properties: bytes) -> None:
        """Send a message with these bytes as its properties straight to the dead letters."""
        with self._connected() as connection:
            message = RawMessage(body, properties)
            connection.channel().basic_publish(message, exchange="dlx", routing_key="q.dlq")

    def task(self, name: str, kwargs: dict[str, object], *, routing_key: str) -> str:
        """Send a task as Celery would."""
        task_id = str(uuid.uuid4())
        self.publish(
            json.dumps([[], kwargs, {}]).encode(),
            routing_key=routing_key,
            content_type="application/json",
            content_encoding="utf-8",
            correlation_id=task_id,
            application_headers={
                "task": name,
                "id": task_id,
                "retries": 3,
                "eta": None,
                "expires": "2020-01-01T00:00:00",
                "request_id": "request-1",
            },
        )
        return task_id

    def take(self, queue: str) -> amqp.basic_message.Message | None:
        """Take one message out of a queue."""
        with self._connected() as connection:
            message = connection.channel().basic_get(queue, no_ack=True)
            assert message is None or isinstance(message, amqp.basic_message.Message)
            return message

    def refuse(self, queue: str) -> None:
        """Take one message out of a queue as a worker, and reject it."""
        with self._connected() as connection:
            channel = connection.channel()
            channel.basic_reject(_get(channel, queue).delivery_info["delivery_tag"], requeue=False)

    def crash(self, queue: str) -> None:
        """Take one message out of a queue as a worker, and die of it."""
        with self._connected() as connection:
            _get(connection.channel(), queue)

    def die(
        self, name: str = "image.analyze", *, queue: str = "q.ai", key: str | None = None, **kwargs: object
    ) -> str:
        """Send a task that a worker rejects."""
        routing_key = key or f"{queue.removeprefix('q.')}.{name}"
        task_id = self.task(name, kwargs, routing_key=routing_key)
        self.refuse(queue)
        return task_id

    def _connected(self) -> amqp.Connection:
        account = self.rabbitmq.environment("admin")
        return amqp.Connection(
            f"{self.rabbitmq.host}:{self.rabbitmq.port}",
            userid=account["RABBITMQ_USER"],
            password=account["RABBITMQ_PASSWORD"],
            confirm_publish=True,
        )

    def job(self) -> str:
        """A job that waits for its analysis."""
        job = uuid.uuid4()
        with self.database.connect("waste") as connection:
            connection.execute(
                "INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width,"
                " height, created_at)"
                " VALUES (%s, %s, 'queued', 'photo', 'etag', 'image/jpeg', 1, 1, 1, now())",
                (job, uuid.uuid4()),
            )
        return str(job)

    def jobs(self) -> list[tuple[object, ...]]:
        """State and reason of every job."""
        return self.rows("SELECT state, failure_reason FROM waste.jobs ORDER BY created_at")

    def empty(self) -> None:
        self.rabbitmq.purge_all()
        with self.database.connect() as connection:
            connection.execute("TRUNCATE dlq.letters; TRUNCATE waste.jobs CASCADE")


def _get(channel: amqp.Channel, queue: str) -> amqp.basic_message.Message:
    found: list[amqp.basic_message.Message] = []

    def get() -> bool:
        message = channel.basic_get(queue)
        found.extend([message] if message is not None else [])
        return bool(found)

    eventually(get, f"{queue} gives a message")
    return found[0]


class Collector(Process):
    """The process of the manifest."""

    def __init__(self, platform: Platform) -> None:
        self.port = free_port()
        super().__init__(
            [sys.executable, "-m", "apps.dead_letters.collector"],
            {**platform.environment, "METRICS_PORT": str(self.port)},
            log=platform.folder / f"collector-{self.port}.log",
        )

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start_ready(self) -> Collector:
        self.start()
        self.wait_ready(self.url("/readyz"))
        return self

    def metrics(self) -> str:
        with urllib.request.urlopen(self.url("/metrics"), timeout=5) as answer:  # noqa: S310 - our own process
            return str(answer.read().decode())


@pytest.fixture(scope="module")
def platform_of_module(rabbitmq, database, tmp_path_factory):
    return Platform(rabbitmq, database, tmp_path_factory.mktemp("dead-letters"))


@pytest.fixture
def platform(platform_of_module):
    """Empty queues, no letters."""
    platform_of_module.empty()
    return platform_of_module


@pytest.fixture
def collector(platform):
    process = platform.collector().start_ready()
    yield process
    process.terminate()


@pytest.fixture
def letters(platform, collector):
    """Six letters: two of each of three tasks, one of each an hour older than the other."""
    for name, queue in (("image.analyze", "q.ai"), ("report.generate", "q.batch"), ("map.search", "q.api")):
        for _ in range(2):
            platform.die(name, queue=queue)
    eventually(lambda: platform.stored() == 6, "all are stored")
    eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "all are acknowledged")
    with platform.database.connect() as connection:
        connection.execute(
            "UPDATE dlq.letters SET last_died_at = now() - interval '1 hour'"
            " WHERE id IN (SELECT min(id) FROM dlq.letters GROUP BY task)"
        )
    return platform
