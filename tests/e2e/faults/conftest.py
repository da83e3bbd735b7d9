"""The whole platform, with the ai-worker's connections through taps; a stage of it for each scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cluster import Cluster
from tests.e2e.conftest import REPLICAS, running_to_its_end
from tests.e2e.faults.stage import Stage
from tests.e2e.faults.taps import Taps
from tests.e2e.manifests import Manifests
from tests.e2e.pod import Node
from tests.servers.tap import Tap

if TYPE_CHECKING:
    from tests.servers.identity_provider import IdentityProvider
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3

AMQP = ("messaging", "rabbitmq", "amqp")
REDIS = ("default", "redis", "redis")


@pytest.fixture(scope="module")
def taps(rabbitmq: RabbitMQ, redis_server: Redis, s3: S3) -> Iterator[Taps]:
    """One for each kind of connection in which a step of a job can be seen."""
    storage = int(s3.endpoint.rpartition(":")[2])
    taps = [Tap(port).start() for port in (rabbitmq.port, redis_server.port, storage, rabbitmq.port)]
    yield Taps(amqp=taps[0], redis=taps[1], s3=taps[2], submissions=taps[3])
    for each in taps:
        each.close()


@pytest.fixture(scope="module")
def platform(
    make_node: Callable[[Manifests], Node], manifests: Manifests, migrated: None, taps: Taps
) -> Iterator[Cluster]:
    """Every workload, ready; at the end each must stop by itself."""
    node = make_node(manifests)
    worker = _through(make_node(manifests), {AMQP: taps.amqp, REDIS: taps.redis}, s3=taps.s3)
    service = _through(make_node(manifests), {AMQP: taps.submissions})
    yield from running_to_its_end(
        Cluster(
            node,
            kinds=("Deployment",),
            replicas=REPLICAS,
            elsewhere={"ai-worker": worker, "waste-service": service},
        )
    )


def _through(node: Node, taps: Mapping[tuple[str, str, str], Tap], *, s3: Tap | None = None) -> Node:
    """The node, its connections to these Services through taps."""
    around = node.surroundings
    servers = dict(around.servers) | {service: tap.port for service, tap in taps.items()}
    aws = dict(around.aws)
    if s3:
        aws["AWS_ENDPOINT_URL_S3"] = f"http://127.0.0.1:{s3.port}"
    return replace(node, surroundings=replace(around, servers=servers, aws=aws))


@pytest.fixture(scope="module")
def make_stage(  # noqa: PLR0917 - a fixture is given what it names
    platform: Cluster,
    taps: Taps,
    model: ModelServer,
    identity_provider: IdentityProvider,
    postgres: Postgres,
    rabbitmq: RabbitMQ,
    redis_server: Redis,
    redis_cache_server: Redis,
    s3: S3,
) -> Callable[[], Stage]:
    """Makes the platform's stage for one scene."""
    model.reset()
    pictures: set[str] = set()
    door = Lock()

    def make() -> Stage:
        return Stage(
            cluster=platform,
            taps=taps,
            model=model,
            identity_provider=identity_provider,
            postgres=postgres,
            rabbitmq=rabbitmq,
            redis=redis_server,
            redis_cache=redis_cache_server,
            s3=s3,
            pictures=pictures,
            door=door,
        )

    return make


@pytest.fixture
def stage(make_stage: Callable[[], Stage]) -> Iterator[Stage]:
    """The platform for one scene, which may disturb all of it."""
    stage = make_stage()
    yield stage
    stage.strike()
