"""What scenes play on: the running platform, phones, and every server with the means to disturb it."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import httpx2

from tests.e2e.app import MobileApp, photo
from tests.e2e.cluster import Cluster
from tests.e2e.faults.ledger import Ledger, Upload
from tests.e2e.manifests import Object
from tests.e2e.monitors import scrape
from tests.e2e.pod import Pod
from tests.servers.waiting import eventually

if TYPE_CHECKING:
    from tests.servers.identity_provider import IdentityProvider
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3
    from tests.servers.tap import Tap

BUSY = 503
_POLICY = "/policies/%2F/fault"


@dataclass(frozen=True, kw_only=True)
class Taps:
    """What the ai-worker's connections go through."""

    amqp: Tap
    redis: Tap
    s3: Tap

    def release(self) -> None:
        for each in (self.amqp, self.redis, self.s3):
            each.release()


@dataclass(kw_only=True)
class Stage:
    """One scene's view of the platform."""

    cluster: Cluster
    taps: Taps
    model: ModelServer
    identity_provider: IdentityProvider
    postgres: Postgres
    rabbitmq: RabbitMQ
    redis: Redis
    redis_cache: Redis
    s3: S3
    ledger: Ledger = field(init=False)
    _phones: list[MobileApp] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(postgres=self.postgres, rabbitmq=self.rabbitmq, model=self.model)

    # ---- people

    def log_in(self) -> MobileApp:
        """The phone of somebody whom nobody has seen before."""
        phone = MobileApp(self.cluster.balancer.port)
        self._phones.append(phone)
        self.identity_provider.switches.person = str(uuid.uuid4())
        phone.log_in()
        return phone

    @property
    def phone(self) -> MobileApp:
        """The phone of the scene's first person."""
        return self._phones[0] if self._phones else self.log_in()

    def upload(self, part: str = "photo", image: bytes | None = None) -> Upload:
        """A photo in the storage, which nobody was told of yet; a new one where none is given."""
        image = photo() if image is None else image
        return Upload(part=part, owner=self.phone, job=self.phone.upload(image), photo=image)

    def complete(self, upload: Upload) -> httpx2.Response:
        """Say that the photo is there, and write the answer down."""
        answer = upload.owner.send("POST", f"/api/v1/waste/upload-complete/{upload.job}")
        if answer.status_code == 202:
            self.ledger.accept(upload)
        return answer

    def submit(self, part: str = "photo", image: bytes | None = None) -> Upload:
        """An accepted job."""
        upload = self.upload(part, image)
        self.complete_at_last(upload)
        return upload

    def complete_at_last(self, upload: Upload) -> None:
        """Say that the photo is there as often as it takes, as an app does that is told to try again."""
        eventually(
            lambda: self.complete(upload).status_code != BUSY, f"{upload.part} is taken", seconds=60
        )
        answer = self.complete(upload)
        assert answer.status_code == 202, answer.text

    def refuse(self, upload: Upload, *, code: str) -> None:
        """Say that the photo is there, and see that the platform takes it later only."""
        answer = self.complete(upload)
        assert answer.status_code == BUSY, answer.text
        assert answer.json()["type"].rpartition("/")[2] == code, answer.text
        assert 1 <= int(answer.headers["Retry-After"]) <= 60
        self.ledger.refuse(upload)

    def state(self, upload: Upload) -> str:
        """What the app is told of a job."""
        return str(upload.owner.ask("GET", f"/api/v1/waste/status/{upload.job}")["state"])

    # ---- the model

    def model_waits(self) -> None:
        """From now on each question waits until it is called."""
        self.model.switches.waits = True

    def model_goes_on(self) -> None:
        self.model.switches.waits = False
        self.model.waiting.call()

    def await_questions(self, count: int) -> None:
        eventually(
            lambda: len(self.model.waiting.images) == count, f"the model is asked {count} times", seconds=60
        )

    # ---- workers

    @property
    def worker(self) -> Pod:
        return self.cluster.pod("ai-worker")

    def kill_worker(self) -> None:
        """SIGKILL, to the process and all that it started."""
        self.worker.kill()
        self.cluster.remove(self.worker)
        # A question whose asker is dead is noted as such, before anybody else asks.
        eventually(lambda: not self.model.waiting.images, "the model has noticed")

    def start_worker(self, change: Callable[[Object], None] | None = None) -> None:
        """What comes in the place of a worker that is gone; jobs show when it works.

        Args:
            change: Alters its Deployment.
        """
        self.cluster.add("ai-worker", change)

    def retries(self, task: str) -> float:
        """How often the worker has put off this task."""
        (scraped,) = scrape(self.cluster.node.manifests, [self.worker])
        return scraped.sum("celery_tasks_total", task=task, state="retry")

    # ---- queues

    @contextmanager
    def queue_policy(self, **definition: int) -> Iterator[None]:
        """An operator's policy for q.ai, for as long as this lasts."""
        policy = {"pattern": "^q[.]ai$", "apply-to": "queues", "priority": 9, "definition": definition}
        self.rabbitmq.management(_POLICY, method="PUT", body=policy)
        try:
            yield
        finally:
            self.rabbitmq.management(_POLICY, method="DELETE")

    # ---- the end

    def settle(self) -> None:
        """See that every pod is well, and that none had to be started again for what the scene did."""
        eventually(
            lambda: all(pod.ready or not pod.started for pod in self.cluster.pods),
            "every pod that had been ready is so again",
            seconds=60,
        )
        assert self.cluster.problems == []

    def strike(self) -> None:
        """Put everything back for the next scene, however this one went."""
        self.taps.release()
        self.model.reset()
        self.identity_provider.reset()
        for server in (self.postgres, self.rabbitmq, self.redis, self.redis_cache, self.s3):
            server.start()
        self.s3.forget()
        if not any(pod.workload == "ai-worker" for pod in self.cluster.pods):
            self.start_worker()
        for phone in self._phones:
            phone.close()
