"""The platform of dist/prod, running: servers, Jobs and workloads as their manifests say."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from tests.e2e.app import MobileApp
from tests.e2e.cluster import Cluster
from tests.e2e.manifests import Manifests
from tests.e2e.parameter_store import ParameterStore
from tests.e2e.pod import Node
from tests.e2e.substitutions import DATABASE, Surroundings
from tests.e2e.traces import Stores
from tests.servers.fixtures import running
from tests.servers.process import REPOSITORY

if TYPE_CHECKING:
    from tests.servers.identity_provider import IdentityProvider
    from tests.servers.kakao_map import KakaoMap
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3

REPLICAS = {"auth-service": 2, "waste-service": 2}
"""Requests of one journey go to either in turn; the other workloads run once, to stay small."""


pytest.register_assert_rewrite("tests.e2e.faults")
"""What scenes see is told in full, too."""


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
def surroundings(  # noqa: PLR0917 - a fixture is given what it names
    postgres: Postgres,
    redis_server: Redis,
    redis_cache_server: Redis,
    rabbitmq: RabbitMQ,
    s3: S3,
    identity_provider: IdentityProvider,
    model: ModelServer,
    kakao_map: KakaoMap,
) -> Surroundings:
    """The servers, empty."""
    for redis in (redis_server, redis_cache_server):
        redis.flush()
    s3.empty()
    rabbitmq.purge_all()
    with postgres.connect("postgres") as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{DATABASE}" WITH (FORCE)')
        connection.execute(f'CREATE DATABASE "{DATABASE}" TEMPLATE template0')
    return Surroundings(
        servers={
            ("default", "postgres", "postgres"): postgres.port,
            ("default", "redis", "redis"): redis_server.port,
            ("default", "redis-cache", "redis"): redis_cache_server.port,
            ("messaging", "rabbitmq", "amqp"): rabbitmq.port,
        },
        third_parties={
            "https://api.openai.com": model.url.removesuffix("/v1"),
            "https://dapi.kakao.com": kakao_map.url,
            "https://kauth.kakao.com": identity_provider.url,
            "https://oauth2.googleapis.com": identity_provider.url,
            "https://accounts.google.com": identity_provider.url,
        },
        aws={"AWS_ENDPOINT_URL_S3": s3.endpoint, "AWS_ENDPOINT_URL_STS": s3.endpoint},
        superuser=urlsplit(postgres.url).username or "postgres",
    )


@pytest.fixture(scope="package")
def store(
    postgres: Postgres, redis_server: Redis, redis_cache_server: Redis, rabbitmq: RabbitMQ
) -> ParameterStore:
    """The parameters: those that the servers have decided already, the others as they come."""
    from tests.servers import kakao_map, model
    from tests.servers.identity_provider import CLIENTS
    from tests.servers.rabbitmq import password_of

    clients = {f"oauth/{client.partition('-')[0].upper()}": (client, CLIENTS[client]) for client in CLIENTS}

    return ParameterStore(
        {f"rabbitmq/{account}/password": password_of(account) for account in rabbitmq.accounts}
        | {
            "postgres/postgres/password": unquote(urlsplit(postgres.url).password or ""),
            "redis/password": redis_server.password,
            "redis-cache/password": redis_cache_server.password,
            "openai/OPENAI_API_KEY": model.KEY,
            "kakao-map/KAKAO_REST_API_KEY": kakao_map.KEY,
        }
        | {f"{prefix}_CLIENT_ID": client for prefix, (client, _) in clients.items()}
        | {f"{prefix}_CLIENT_SECRET": secret for prefix, (_, secret) in clients.items()}
    )


@pytest.fixture(scope="package")
def make_node(
    surroundings: Surroundings,
    store: ParameterStore,
    s3: S3,
    tmp_path_factory: pytest.TempPathFactory,
) -> Callable[[Manifests], Node]:
    """Makes a node for these manifests, with files of its own and the servers of all."""

    def token(namespace: str, account: str, audience: str) -> str:
        """The trust policies of AWS: each role trusts one ServiceAccount, by tokens for STS only."""
        if audience != "sts.amazonaws.com":
            return f"token of {namespace}/{account} for {audience}"
        return Path(s3.environment(account)["AWS_WEB_IDENTITY_TOKEN_FILE"]).read_text()

    def make(manifests: Manifests) -> Node:
        return Node(
            manifests=manifests,
            surroundings=surroundings,
            secrets=store.secrets(manifests),
            token=token,
            folder=tmp_path_factory.mktemp("node"),
        )

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
