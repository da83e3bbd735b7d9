"""What scenes play on: the running platform, phones, and every server with the means to disturb it."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

import httpx2

from tests.e2e.app import MobileApp, photo
from tests.e2e.cluster import Cluster
from tests.e2e.faults.ledger import Ledger
from tests.e2e.faults.taps import Taps
from tests.e2e.faults.upload import Upload
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

BUSY = 503
_READY_SECONDS = 60
_POLICY = "/policies/%2F/fault"


@dataclass(kw_only=True)
class Stage:
    """One scene's view of the platform.

    Attributes:
        pictures: What the model may be shown: photos of the accepted jobs of all scenes.
        door: Held while somebody logs in: there is one person at a time before the provider's page.
    """

    cluster: Cluster
    taps: Taps
    model: ModelServer
    identity_provider: IdentityProvider
    postgres: Postgres
    rabbitmq: RabbitMQ
    redis: Redis
    redis_cache: Redis
    s3: S3
    pictures: set[str]
    door: Lock
    ledger: Ledger = field(init=False)
    _phones: list[MobileApp] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        self.ledger = Ledger(
            postgres=self.postgres, rabbitmq=self.rabbitmq, model=self.model, pictures=self.pictures
        )

    # ---- people and their photos

    def log_in(self) -> MobileApp:
        """The phone of somebody whom nobody has seen before."""
        phone = MobileApp(self.cluster.balancer.port)
        self._phones.append(phone)
        with self.door:
            self.identity_provider.switches.person = str(uuid.uuid4())
            phone.log_in()
        return phone

    @property
    def phone(self) -> MobileApp:
        """The phone of the scene's first person."""
        return self._phones[0] if self._phones else self.log_in()

    def announce(self, part: str = "photo", image: bytes | None = None) -> Upload:
        """A photo that has yet to be sent; a new one where none is given."""
        image = photo() if image is None else image
        job = self.phone.announce(image)
        form = job["upload"]
        return Upload(
            part=part,
            owner=self.phone,
            job=job["job_id"],
            photo=image,
            form=form["fields"],
            url=form["url"],
        )

    def upload(self, part: str = "photo", image: bytes | None = None) -> Upload:
        """A photo in the storage, of which the platform has yet to be told."""
        upload = self.announce(part, image)
        assert upload.send(upload.photo) == 201
        return upload

    def complete(self, upload: Upload) -> httpx2.Response:
        """Say that the photo is there, and write down if it is accepted."""
        answer = upload.owner.send("POST", f"/api/v1/waste/upload-complete/{upload.job}")
        if answer.status_code == 202:
            self.ledger.accept(upload)
        return answer

    def complete_at_last(self, upload: Upload) -> None:
        """Say that the photo is there as often as it takes, as an app does that is told to try again."""
        answers: list[httpx2.Response] = []

        def answered() -> bool:
            answers.append(self.complete(upload))
            return answers[-1].status_code != BUSY

        eventually(answered, f"{upload.part} is taken", seconds=60)
        assert answers[-1].status_code == 202, answers[-1].text

    def submit(self, part: str = "photo", image: bytes | None = None) -> Upload:
        """An accepted job."""
        upload = self.upload(part, image)
        self.complete_at_last(upload)
        return upload

    def refuse(self, upload: Upload, *, code: str, status: int = BUSY) -> None:
        """Say that the photo is there, and see that the platform does not take it for this reason."""
        answer = self.complete(upload)
        assert answer.status_code == status, answer.text
        assert answer.json()["type"].rpartition("/")[2] == code, answer.text
        if status == BUSY:
            assert 1 <= int(answer.headers["Retry-After"]) <= 60
        self.ledger.refuse(upload)

    def state(self, upload: Upload) -> str:
        """What the app is told of a job."""
        return str(upload.owner.ask("GET", f"/api/v1/waste/status/{upload.job}")["state"])

    def await_state(self, upload: Upload, state: str) -> None:
        eventually(lambda: self.state(upload) == state, f"the job is {state}", seconds=60)

    def put(self, upload: Upload, content: bytes) -> None:
        """Replace what lies in the storage, behind the platform's back."""
        with closing(self.s3.client()) as client:
            client.put_object(
                Bucket=self._bucket, Key=f"uploads/{upload.job}", Body=content, ContentType="image/jpeg"
            )

    def remove(self, upload: Upload) -> None:
        """Remove a photo from the storage, behind the platform's back."""
        with closing(self.s3.client()) as client:
            client.delete_object(Bucket=self._bucket, Key=f"uploads/{upload.job}")

    @property
    def _bucket(self) -> str:
        return self.s3.environment("waste-service")["S3_BUCKET"]

    # ---- the model

    def model_waits(self) -> None:
        """From now on each question waits until it is called."""
        self.model.switches.waits = True

    def model_goes_on(self) -> None:
        self.model.switches.waits = False
        self.model.waiting.call()

    def await_questions(self, count: int) -> None:
        """Wait until so many questions wait."""
        eventually(
            lambda: len(self.model.waiting.images) == count, f"the model is asked {count} times", seconds=60
        )

    def await_answer(self, upload: Upload) -> None:
        """Wait until the model has been asked about this photo, and has done with it."""
        asked = self.model.asked
        eventually(lambda: upload.picture in {each.image for each in asked}, "the model is asked", seconds=60)

    # ---- pods

    @property
    def worker(self) -> Pod:
        return self.cluster.pod("ai-worker")

    def kill(self, workload: str) -> int:
        """SIGKILL, to every pod of a workload and all that it started; how many pods there were."""
        pods = [each for each in self.cluster.pods if each.workload == workload]
        for pod in pods:
            pod.kill()
            self.cluster.remove(pod)
        return len(pods)

    def kill_worker(self) -> None:
        """Kill the ai-worker."""
        self.kill("ai-worker")
        # A question whose asker is dead is noted as such, before anybody else asks.
        eventually(lambda: not self.model.waiting.images, "the model has noticed")

    def start_worker(self, change: Callable[[Object], None] | None = None) -> None:
        """What comes in the place of a worker that is gone; jobs show when it works.

        Args:
            change: Alters its Deployment.
        """
        self.cluster.add("ai-worker", change)

    def replace_worker(self, change: Callable[[Object], None] | None = None) -> None:
        """Another worker in the place of one that has nothing to do, as `start_worker`."""
        self.kill_worker()
        self.start_worker(change)

    def retries(self, task: str) -> float:
        """How often the worker has put off this task."""
        (scraped,) = scrape(self.cluster.node.manifests, [self.worker])
        return scraped.sum("celery_tasks_total", task=task, state="retry")

    # ---- queues

    def await_empty(self, queue: str) -> None:
        """Wait until nothing is in the queue, nor with a worker."""
        eventually(lambda: self.rabbitmq.queue_length(queue) == 0, f"{queue} is empty", seconds=120)

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

    def leave(self) -> None:
        """Switch the phones off."""
        for phone in self._phones:
            phone.close()

    def settle(self) -> None:
        """See that every pod is well, and that none had to be started again for what the scene did."""
        self._await_pods()
        assert self.cluster.problems == []

    def strike(self) -> None:
        """Put everything back for the next scene, however this one went."""
        self.taps.release()
        self.model.recover()
        for server in (self.postgres, self.rabbitmq, self.redis, self.redis_cache, self.s3):
            server.start()
        self.s3.forget()
        if not any(pod.workload == "ai-worker" for pod in self.cluster.pods):
            self.start_worker()
        self.leave()
        self._await_pods()

    def _await_pods(self) -> None:
        """Wait until every pod that had been ready is so again."""

        def unready() -> list[str]:
            return [
                f"{pod.name}: {pod.problems or (pod.readiness and pod.readiness.last)}"
                for pod in self.cluster.pods
                if pod.started and not pod.ready
            ]

        end = time.monotonic() + _READY_SECONDS
        while (missing := unready()) and time.monotonic() < end:
            time.sleep(0.05)
        assert missing == []
