"""The platform of dist/prod, running: servers, Jobs and workloads as their manifests say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.app import MobileApp
from tests.e2e.cluster import Cluster
from tests.e2e.manifests import Manifests
from tests.e2e.parameter_store import ParameterStore
from tests.e2e.pod import Node
from tests.e2e.substitutions import DATABASE
from tests.e2e.traces import Stores
from tests.servers.fixtures import running
from tests.servers.process import REPOSITORY

if TYPE_CHECKING:
    from tests.e2e.world import World
    from tests.servers.identity_provider import IdentityProvider
    from tests.servers.kakao_map import KakaoMap
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.prometheus import Prometheus
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3

REPLICAS = {"auth-service": 2, "waste-service": 2}
"""Requests of one journey go to either in turn; the other workloads run once, to stay small."""


pytest.register_assert_rewrite("tests.e2e.faults")
"""What scenes see is told in full, too."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of these: they share their servers.

    Faults come first: they have a platform of their own, and two at once would take each other's messages.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))
    items.sort(key=lambda item: here / "faults" not in item.path.parents)


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """A broker of its own: the workloads run on, and would take the messages of other tests."""
    from tests.servers.rabbitmq import RabbitMQ

    yield from running(RabbitMQ())


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A database server of its own: passwords of roles are the server's, and other tests set theirs."""
    from tests.servers.postgres import Postgres

    yield from running(Postgres())


@pytest.fixture(scope="session")
def manifests() -> Manifests:
    """What is delivered."""
    return Manifests.read(REPOSITORY / "dist" / "prod")


@pytest.fixture(scope="package")
def identity_provider() -> Iterator[IdentityProvider]:
    """Where people log in."""
    from tests.servers.identity_provider import IdentityProvider

    provider = IdentityProvider().start()
    yield provider
    provider.close()


@pytest.fixture(scope="package")
def model() -> Iterator[ModelServer]:
    """What names the waste."""
    from tests.servers.model import ModelServer

    model = ModelServer().start()
    yield model
    model.close()


@pytest.fixture(scope="package")
def kakao_map() -> Iterator[KakaoMap]:
    """Where bins are looked for."""
    from tests.servers.kakao_map import KakaoMap

    kakao_map = KakaoMap().start()
    yield kakao_map
    kakao_map.close()


@pytest.fixture(scope="package")
def world(  # noqa: PLR0917 - a fixture is given what it names
    postgres: Postgres,
    redis_server: Redis,
    redis_cache_server: Redis,
    rabbitmq: RabbitMQ,
    s3: S3,
    identity_provider: IdentityProvider,
    model: ModelServer,
    kakao_map: KakaoMap,
) -> World:
    """The servers, empty."""
    from tests.e2e.world import World

    world = World(
        postgres=postgres,
        redis=redis_server,
        redis_cache=redis_cache_server,
        rabbitmq=rabbitmq,
        s3=s3,
        identity_provider=identity_provider,
        model=model,
        kakao_map=kakao_map,
    )
    world.empty()
    return world


@pytest.fixture(scope="package")
def store(world: World) -> ParameterStore:
    """The parameters that an operator has put there."""
    return world.parameters()


@pytest.fixture(scope="package")
def make_node(
    world: World, store: ParameterStore, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[Manifests], Node]:
    """Makes a node for these manifests, with files of its own and the servers of all."""

    def make(manifests: Manifests) -> Node:
        return world.node(manifests, store.secrets(manifests), tmp_path_factory.mktemp("node"))

    return make


@pytest.fixture(scope="package")
def migrated(make_node: Callable[[Manifests], Node], manifests: Manifests) -> None:
    """Roles and schemas, made by the Jobs."""
    Cluster(make_node(manifests), kinds=("Job",)).sync().close()


@pytest.fixture(scope="package")
def cluster(
    make_node: Callable[[Manifests], Node], manifests: Manifests, migrated: None
) -> Iterator[Cluster]:
    """Every workload, running and ready; at the end each must stop by itself."""
    yield from running_to_its_end(Cluster(make_node(manifests), kinds=("Deployment",), replicas=REPLICAS))


def running_to_its_end(cluster: Cluster) -> Iterator[Cluster]:
    """The cluster, ready; at the end each pod must stop by itself."""
    cluster.sync()
    try:
        yield cluster
    finally:
        killed = cluster.close()
    assert not killed, f"killed after their grace period: {killed}"


@pytest.fixture
def phone(cluster: Cluster) -> Iterator[MobileApp]:
    """A phone at which nobody is logged in."""
    app = MobileApp(cluster.balancer.port)
    yield app
    app.close()


@pytest.fixture
def person(identity_provider: IdentityProvider) -> Iterator[str]:
    """Somebody whom nobody has seen before, as the provider knows them."""
    identity_provider.switches.person = str(uuid.uuid4())
    yield identity_provider.switches.person
    identity_provider.reset()


@pytest.fixture(scope="package")
def stores(postgres: Postgres, redis_server: Redis, redis_cache_server: Redis, s3: S3) -> Stores:
    """Where something of a person may be left."""
    return Stores(postgres, DATABASE, (redis_server, redis_cache_server), s3)


@pytest.fixture
def user(phone: MobileApp, person: str) -> MobileApp:
    """A phone at which this person is logged in."""
    phone.log_in()
    return phone


@pytest.fixture(scope="module")
def prometheus(
    cluster: Cluster, rabbitmq: RabbitMQ, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Prometheus]:
    """Prometheus over the whole platform, by the delivered monitors and rules."""
    from tests.e2e.observed import Observed

    port = int(rabbitmq.metrics_url.rpartition(":")[2].partition("/")[0])
    observed = Observed(cluster, broker_port=port, folder=tmp_path_factory.mktemp("observed"))
    yield observed.prometheus
    observed.close()
