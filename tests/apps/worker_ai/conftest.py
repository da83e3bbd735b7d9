"""An ai-worker as it is deployed, and jobs for it as the waste-service leaves them."""

from __future__ import annotations

import itertools
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from pydantic import SecretStr
from sqlalchemy import URL, create_engine, pool

from apps.common.broker import Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.jobs.progress import Progress, job_key
from apps.common.jobs.result import StoredResult, result_key
from apps.common.jobs.tables import metadata
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings
from tests.apps.worker_ai.photos import jpeg
from tests.servers import manifests
from tests.servers.model import ModelServer
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import Redis
from tests.servers.s3.storage import S3
from tests.servers.waiting import eventually

MODEL_SECONDS = 3
"""How long this worker waits for the model."""

_seeds = itertools.count(1)


@pytest.fixture(scope="session")
def model_server() -> Iterator[ModelServer]:
    server = ModelServer().start()
    yield server
    server.close()


@pytest.fixture
def model(model_server):
    """The model, well and with an empty log."""
    model_server.reset()
    yield model_server
    model_server.reset()


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
def stores(engine, database, redis_server: Redis, redis_cache_server: Redis) -> dict[str, str]:
    """Database and both Redis servers, as a workload is told of them."""
    return {
        **database.environment("waste"),
        **redis_server.environment(),
        **redis_cache_server.environment(),
    }


@pytest.fixture(scope="module")
def environment(
    stores,
    rabbitmq: RabbitMQ,
    s3: S3,
    model_server: ModelServer,
) -> dict[str, str]:
    """What the delivered manifest tells the worker, by the servers of the tests."""
    return {
        **stores,
        **rabbitmq.environment("ai-worker"),
        **s3.environment("ai-worker"),
        **model_server.environment(),
        "OPENAI_TIMEOUT_SECONDS": str(MODEL_SECONDS),
        "SERVICE_NAME": "ai-worker",
        "ENVIRONMENT": "test",
        "TZ": "Asia/Seoul",
    }


class Worker:
    """A worker's process, with the command of its manifest."""

    def __init__(self, environment: dict[str, str], folder: Path, name: str = "worker") -> None:
        self.port = free_port()
        self.log = folder / f"{name}.log"
        command = manifests.pod("Deployment", "ai-worker")["containers"][0]["command"]
        self.process = Process(
            [word.replace("ai-worker@", f"{name}-{self.port}@") for word in command],
            environment | {"METRICS_PORT": str(self.port)},
            log=self.log,
            name=name,
        )

    def start(self) -> Worker:
        self.process.start().wait_ready(f"http://127.0.0.1:{self.port}/readyz")
        return self

    def metric(self, name: str, **labels: str) -> float:
        """The sum over all series of `name` that have these labels."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=5) as answer:
            lines = answer.read().decode().splitlines()
        wanted = [f'{label}="{value}"' for label, value in labels.items()]
        return sum(
            float(line.rpartition(" ")[2])
            for line in lines
            if line.startswith(f"{name}{{") and all(each in line for each in wanted)
        )


class Desk:
    """Accepts photos as the waste-service does, and looks at what becomes of them."""

    def __init__(
        self,
        connection: psycopg.Connection[Any],
        s3: S3,
        redis: Redis,
        broker: dict[str, str],
        bucket: str,
    ) -> None:
        self.waste = connection
        self.redis = redis.client()
        self._storage = s3
        self._s3 = s3.client()
        self._bucket = bucket
        settings = BrokerSettings(
            rabbitmq_host=broker["RABBITMQ_HOST"],
            rabbitmq_port=int(broker["RABBITMQ_PORT"]),
            rabbitmq_user=broker["RABBITMQ_USER"],
            rabbitmq_password=SecretStr(broker["RABBITMQ_PASSWORD"]),
            messaging_file=Path(broker["MESSAGING_FILE"]),
        )
        messaging = Messaging.read(settings.messaging_file)
        self._publisher = Publisher(celery_app("tests", settings=settings, messaging=messaging))

    def new_photo(self, **options: Any) -> bytes:
        """A photo that nobody has seen yet."""
        return jpeg(next(_seeds), **options)

    def job(self, photo: bytes | None = None, *, size: int | None = None) -> UUID:
        """An accepted job whose first task is not published yet."""
        photo = self.new_photo() if photo is None else photo
        job = uuid4()
        key = f"uploads/{job}"
        etag = self.put(key, photo)
        self.waste.execute(
            """INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width,
                   height, created_at, request_id)
               VALUES (%s, %s, 'queued', %s, %s, 'image/jpeg', %s, 1, 1, now(), %s)""",
            (job, uuid4(), key, etag, len(photo) if size is None else size, f"request-of-{job}"),
        )
        return job

    def put(self, key: str, content: bytes) -> str:
        """Store an object; its ETag."""
        return self._s3.put_object(Bucket=self._bucket, Key=key, Body=content)["ETag"]

    def remove(self, job: UUID) -> None:
        """Delete a job's photo."""
        self._s3.delete_object(Bucket=self._bucket, Key=f"uploads/{job}")

    def send(self, job: UUID | str, task: str = "image.analyze") -> None:
        self._publisher.publish(task, {"job_id": str(job)})

    def accept(self, photo: bytes | None = None, *, size: int | None = None) -> UUID:
        """A job on its way."""
        job = self.job(photo, size=size)
        self.send(job)
        return job

    def row(self, job: UUID) -> dict[str, Any]:
        """The job with its classification, as PostgreSQL has them."""
        cursor = self.waste.execute(
            "SELECT * FROM waste.jobs LEFT JOIN waste.classifications ON job_id = id WHERE id = %s", (job,)
        )
        names = [column.name for column in cursor.description or ()]
        return dict(zip(names, cursor.fetchone() or (), strict=True))

    def ends(self, *jobs: UUID, seconds: float = 60) -> None:
        """Wait until each of `jobs` has ended, in PostgreSQL and for its user."""

        def ended() -> bool:
            return all(self.row(job)["ended_at"] and self.progress(job).state.terminal for job in jobs)

        eventually(ended, "each job ended", seconds=seconds)

    def done(self, *jobs: UUID, seconds: float = 60) -> None:
        """Wait until each of `jobs` has ended well."""
        self.ends(*jobs, seconds=seconds)
        assert [self.row(job)["state"] for job in jobs] == ["done"] * len(jobs)

    def fails(self, job: UUID, *, seconds: float = 60) -> str:
        """Wait until the job has failed; the reason, which both stores agree upon."""
        self.ends(job, seconds=seconds)
        row, told = self.row(job), self.progress(job).failure
        assert (row["state"], row["failure_reason"]) == ("failed", told and told.reason)
        return str(row["failure_reason"])

    def progress(self, job: UUID) -> Progress:
        value = self.redis.get(job_key(job))
        if value is None:
            row = self.row(job)
            return Progress.promised(job_id=job, user_id=row["user_id"], content_type=row["content_type"])
        return Progress.from_json(str(value))

    def result(self, job: UUID) -> StoredResult:
        return StoredResult.model_validate_json(str(self.redis.get(result_key(job))))

    def close(self) -> None:
        self._publisher.close()
        self._s3.close()
        self.redis.close()


@pytest.fixture(scope="module")
def module_desk(environment, database, s3, redis_server, rabbitmq):
    rabbitmq.purge_all()
    with database.connect("waste") as connection:
        desk = Desk(
            connection, s3, redis_server, rabbitmq.environment("waste-service"), environment["S3_BUCKET"]
        )
        yield desk
        desk.close()
    rabbitmq.purge_all()
    s3.empty()


@pytest.fixture
def desk(module_desk, model):
    """The desk, and a model that is well."""
    return module_desk


@pytest.fixture(scope="module")
def module_worker(environment, module_desk, tmp_path_factory):
    one = Worker(environment, tmp_path_factory.mktemp("worker"))
    yield one.start()
    one.process.terminate()


@pytest.fixture
def worker(module_worker, model):
    """A running worker; a test that ended it finds it running again."""
    return module_worker.start()
