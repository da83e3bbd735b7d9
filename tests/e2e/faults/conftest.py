"""The whole platform, with the ai-worker's connections through taps; a stage of it for each scene."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING

import pytest

from tests.e2e.cluster import Cluster
from tests.e2e.conftest import REPLICAS
from tests.e2e.faults.stage import Stage, Taps
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


@pytest.fixture(scope="package")
def taps(rabbitmq: RabbitMQ, redis_server: Redis, s3: S3) -> Iterator[Taps]:
    """One for each kind of connection in which a step of a job can be seen."""
    upstream = int(s3.endpoint.rpartition(":")[2])
    taps = [Tap(port).start() for port in (rabbitmq.port, redis_server.port, upstream)]
    yield Taps(amqp=taps[0], redis=taps[1], s3=taps[2])
    for each in taps:
        each.close()


@pytest.fixture(scope="package")
def platform(
    make_node: Callable[[Manifests], Node], manifests: Manifests, migrated: None, taps: Taps
) -> Iterator[Cluster]:
    """Every workload, ready; at the end each must stop by itself."""
    tapped = make_node(manifests)
    servers = dict(tapped.surroundings.servers)
    servers["messaging", "rabbitmq", "amqp"] = taps.amqp.port
    servers["default", "redis", "redis"] = taps.redis.port
    aws = dict(tapped.surroundings.aws) | {"AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{taps.s3.port}"}
    tapped = replace(tapped, surroundings=replace(tapped.surroundings, servers=servers, aws=aws))
    running = Cluster(
        make_node(manifests), kinds=("Deployment",), replicas=REPLICAS, elsewhere={"ai-worker": tapped}
    ).sync()
    try:
        yield running
    finally:
        killed = running.close()
    assert not killed, f"killed after their grace period: {killed}"


@pytest.fixture(scope="package")
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
