"""The platform on this machine: real servers, and pods by their manifests, each held to its CPU limit."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Self

from tests.benchmarks.apps.cage import Cage, Size
from tests.benchmarks.apps.programs import Programs
from tests.e2e.cluster import Cluster
from tests.e2e.manifests import Manifests, Object
from tests.e2e.parameter_store import ParameterStore
from tests.e2e.pod import Node, Pod
from tests.e2e.world import World
from tests.servers.fixtures import running
from tests.servers.identity_provider import IdentityProvider
from tests.servers.kakao_map import KakaoMap
from tests.servers.model import ModelServer
from tests.servers.postgres import Postgres
from tests.servers.process import REPOSITORY
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.redis import Redis
from tests.servers.s3.storage import S3


@dataclass
class Actor:
    """A pod in its control groups."""

    name: str
    pod: Pod
    cage: Cage

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.pod.port('http')}"

    @property
    def resources(self) -> Object:
        found: Object = self.pod.container["resources"]
        return found

    def size(self) -> Size:
        return self.cage.size(self.pod.process.pid)

    def cpu_seconds(self) -> float:
        """What its processes have used so far."""
        return self.cage.cpu_seconds(self.pod.process.pid)

    def close(self) -> None:
        self.pod.stop()
        self.cage.close()


@dataclass
class Stage:
    """What is set up once for all parts; each part starts the pods that it needs."""

    world: World
    manifests: Manifests
    folder: Path
    store: ParameterStore
    programs: Programs
    _turn: int = field(default=0)

    @classmethod
    @contextmanager
    def set_up(cls) -> Iterator[Self]:
        """Servers with roles and schemas, and nothing else in them."""
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="benchmark-apps-")))

            def start(server: Any) -> Any:
                return stack.enter_context(contextmanager(running)(server))

            world = World(
                postgres=start(Postgres()),
                redis=start(Redis("redis")),
                redis_cache=start(Redis("redis-cache")),
                rabbitmq=start(RabbitMQ()),
                s3=start(S3()),
                identity_provider=start(IdentityProvider()),
                model=start(ModelServer()),
                kakao_map=start(KakaoMap()),
            )
            world.empty()
            manifests = Manifests.read(REPOSITORY / "dist" / "prod")
            stage = cls(world, manifests, folder, world.parameters(), Programs(folder / "python"))
            Cluster(stage.node(), kinds=("Job",)).sync().close()
            yield stage

    def node(self) -> Node:
        """A node with files of its own."""
        self._turn += 1
        folder = self.folder / str(self._turn)
        folder.mkdir()
        return self.world.node(self.manifests, self.store.secrets(self.manifests), folder)

    @cached_property
    def deployments(self) -> dict[str, Object]:
        """Every workload of the apps, by name."""
        return {
            each["metadata"]["name"]: each
            for each in self.manifests.of("Deployment")
            if each["metadata"]["name"] not in {"redis", "redis-cache"}
        }

    def replicas(self, name: str) -> int:
        """How many the manifests have at least."""
        spec = self.deployments[name]["spec"]
        scaled = [
            int(each["spec"]["minReplicas"])
            for each in self.manifests.of("HorizontalPodAutoscaler")
            if each["spec"]["scaleTargetRef"]["name"] == name
        ]
        return scaled[0] if scaled else int(spec["replicas"])

    @contextmanager
    def playing(self, **replicas: int) -> Iterator[dict[str, list[Actor]]]:
        """Pods of workloads (`auth_service=1`), started, ready, and held to their CPU limits."""
        node = self.node()
        actors: dict[str, list[Actor]] = {}
        try:
            for word, number in replicas.items():
                name = word.replace("_", "-")
                actors[name] = []
                for index in range(number):
                    pod = Pod(node, self.deployments[name], index=index)
                    cage = Cage(f"{self._turn}-{pod.name}", cpu=pod.container["resources"]["limits"]["cpu"])
                    pod.process.command = cage.entering(self.programs.running(pod.process.command))
                    actors[name].append(Actor(name, pod, cage))
                    pod.start()
            everyone = [actor for several in actors.values() for actor in several]
            for actor in everyone:
                actor.pod.wait_ready()
            yield actors
            problems = [f"{actor.pod.name}: {each}" for actor in everyone for each in actor.pod.problems]
            if problems:
                message = f"pods failed while they were measured: {problems}"
                raise SystemExit(message)
        finally:
            for several in actors.values():
                for actor in several:
                    actor.pod.ask_to_stop()
            for several in actors.values():
                for actor in several:
                    actor.close()
