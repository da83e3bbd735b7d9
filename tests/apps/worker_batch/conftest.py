"""A batch-worker as it is deployed, what it is told, and jobs for it to count."""

from __future__ import annotations

import time
import urllib.request
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, pool

from apps.common.broker import Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.jobs.tables import metadata
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings
from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.postgres import Database, password_of
from tests.servers.process import Process
from tests.servers.redis import Redis
from tests.servers.s3.storage import S3

EPOCH = datetime(2026, 11, 20, tzinfo=UTC)


def until(true: Callable[[], object], what: str, *, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, f"not within {seconds} s: {what}"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def engine(database):
    """By the role waste, in whose schema the tables of jobs are."""
    told = database.environment("waste")
    engine = create_engine(
        URL.create(
            "postgresql+psycopg",
            username=told["POSTGRES_USER"],
            password=told["POSTGRES_PASSWORD"],
            host=told["POSTGRES_HOST"],
            port=int(told["POSTGRES_PORT"]),
            database=told["POSTGRES_DATABASE"],
        ),
        poolclass=pool.NullPool,
    )
    metadata.create_all(engine)
    yield engine
    engine.dispose()


@pytest.fixture(scope="module")
def backup_environment(database: Database, s3: S3) -> dict[str, str]:
    """What the delivered manifest tells about the database and the buckets."""
    return (
        database.environment("waste")
        | {"POSTGRES_BACKUP_USER": "backup", "POSTGRES_BACKUP_PASSWORD": password_of("backup")}
        | s3.environment("batch-worker")
        | {"SERVICE_NAME": "batch-worker", "ENVIRONMENT": "test", "TZ": "Asia/Seoul"}
    )


class Worker:
    """The worker's process, with the command of its manifest, and the tasks that it is sent."""

    def __init__(self, environment: dict[str, str], broker: dict[str, str], folder: Path) -> None:
        self.port = free_port()
        self.folder = folder
        command = manifests.pod("Deployment", "batch-worker")["containers"][0]["command"]
        self.process = Process(
            command,
            environment | {"METRICS_PORT": str(self.port), "TMPDIR": str(folder)},
            log=folder / "worker.log",
        )
        messaging = Messaging.read(Path(broker["MESSAGING_FILE"]))
        settings = BrokerSettings(
            rabbitmq_host=broker["RABBITMQ_HOST"],
            rabbitmq_port=int(broker["RABBITMQ_PORT"]),
            rabbitmq_user=broker["RABBITMQ_USER"],
            rabbitmq_password=SecretStr(broker["RABBITMQ_PASSWORD"]),
            messaging_file=Path(broker["MESSAGING_FILE"]),
        )
        self._publisher = Publisher(celery_app("tests", settings=settings, messaging=messaging))

    def send(self, task: str, **kwargs: object) -> None:
        self._publisher.publish(task, kwargs)

    def metrics(self) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            return str(answer.read().decode())

    def runs(self, task: str) -> float:
        """How many runs of `task` succeeded, over all processes of the worker."""
        wanted = f'task="{task}"'
        return sum(
            float(line.rpartition(" ")[2])
            for line in self.metrics().splitlines()
            if line.startswith("celery_tasks_total{") and wanted in line and 'state="success"' in line
        )

    def run(self, task: str, **kwargs: object) -> None:
        """Send `task` and wait until it succeeded."""
        before = self.runs(task)
        self.send(task, **kwargs)
        until(lambda: self.runs(task) > before, f"{task} succeeds")

    def close(self) -> None:
        self._publisher.close()
        self.process.terminate()


@pytest.fixture(scope="module")
def environment(
    engine, backup_environment: dict[str, str], redis_server: Redis, redis_cache_server: Redis
) -> dict[str, str]:
    return backup_environment | redis_server.environment() | redis_cache_server.environment()


@pytest.fixture(scope="module")
def worker(environment, rabbitmq, tmp_path_factory):
    rabbitmq.purge_all()
    environment = environment | rabbitmq.environment("batch-worker")
    one = Worker(environment, rabbitmq.environment("celery-beat"), tmp_path_factory.mktemp("worker"))
    one.process.start().wait_ready(f"http://127.0.0.1:{one.port}/readyz")
    yield one
    one.close()
    rabbitmq.purge_all()


@pytest.fixture
def waste(engine, database):
    """A connection of the role waste to empty tables."""
    with database.connect("waste") as connection:
        for table in metadata.sorted_tables:
            connection.execute(f'TRUNCATE waste."{table.name}" CASCADE')
        yield connection


def add_job(
    connection: psycopg.Connection[Any],
    *,
    accepted_at: datetime = EPOCH,
    updated_at: datetime | None = None,
    ended_at: datetime | None = None,
    failure: str | None = None,
    category: str | None = None,
    cached: bool = False,
    model_seconds: float | None = None,
    object_key: str | None = None,
    user_id: UUID | None = None,
) -> UUID:
    """A job as the waste-service and the workers would have left it."""
    job = uuid4()
    state = "failed" if failure else "done" if category else "analyzing"
    if state != "analyzing" and ended_at is None:
        ended_at = accepted_at
    connection.execute(
        """INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width, height,
               created_at, accepted_at, updated_at, ended_at, failure_reason)
           VALUES (%s, %s, %s, %s, 'e', 'image/jpeg', 1, 1, 1, %s, %s, %s, %s, %s)""",
        (
            job,
            user_id or uuid4(),
            state,
            object_key or f"uploads/{job}",
            accepted_at,
            accepted_at,
            updated_at or accepted_at,
            ended_at,
            failure,
        ),
    )
    if category:
        connection.execute(
            """INSERT INTO waste.classifications
                   (job_id, content_hash, item, material, category, disposal_steps, confidence, cached, model,
                    model_seconds)
               VALUES (%s, %s, 'bottle', 'PET', %s, '{Empty it.}', 0.9, %s, 'gpt-4o', %s)""",
            (job, b"h" * 32, category, cached, model_seconds),
        )
    return job


@pytest.fixture(autouse=True)
def scratch(tmp_path, monkeypatch):
    """A /tmp of its own, as in a pod: a backup clears what an earlier one left there."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
