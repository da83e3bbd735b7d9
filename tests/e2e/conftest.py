"""The platform of dist/prod, running: servers, Jobs and workloads as their manifests say."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import pytest

from tests.e2e.cluster import Cluster
from tests.e2e.manifests import Manifests
from tests.e2e.parameter_store import ParameterStore
from tests.e2e.pod import Node
from tests.e2e.substitutions import Surroundings
from tests.servers.process import REPOSITORY

if TYPE_CHECKING:
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.s3.storage import S3

DATABASE = "waste_coach"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of these: they share one platform."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("e2e"))


@pytest.fixture(scope="session")
def manifests() -> Manifests:
    """What is delivered."""
    return Manifests.read(REPOSITORY / "dist" / "prod")


@pytest.fixture(scope="package")
def surroundings(
    postgres: Postgres, redis_server: Redis, redis_cache_server: Redis, rabbitmq: RabbitMQ, s3: S3
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
            "https://api.openai.com": "http://127.0.0.1:9",
            "https://dapi.kakao.com": "http://127.0.0.1:9",
            "https://kauth.kakao.com": "http://127.0.0.1:9",
            "https://oauth2.googleapis.com": "http://127.0.0.1:9",
            "https://accounts.google.com": "http://127.0.0.1:9",
        },
        aws={"AWS_ENDPOINT_URL_S3": s3.endpoint, "AWS_ENDPOINT_URL_STS": s3.endpoint},
        superuser=urlsplit(postgres.url).username or "postgres",
    )


@pytest.fixture(scope="package")
def store(
    postgres: Postgres, redis_server: Redis, redis_cache_server: Redis, rabbitmq: RabbitMQ
) -> ParameterStore:
    """The parameters, with the passwords of the servers that run already."""
    from tests.servers.rabbitmq import password_of

    return ParameterStore(
        {f"rabbitmq/{account}/password": password_of(account) for account in rabbitmq.accounts}
        | {
            "postgres/postgres/password": unquote(urlsplit(postgres.url).password or ""),
            "redis/password": redis_server.password,
            "redis-cache/password": redis_cache_server.password,
        }
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
    Cluster(
        make_node(manifests),
        kinds=("Job",),
    ).sync().close()


@pytest.fixture(scope="package")
def cluster(
    make_node: Callable[[Manifests], Node], manifests: Manifests, migrated: None
) -> Iterator[Cluster]:
    """Every workload, running and ready; at the end each must stop by itself."""
    running = Cluster(make_node(manifests), kinds=("Deployment",)).sync()
    try:
        yield running
    finally:
        killed = running.close()
    assert not killed, f"killed after their grace period: {killed}"
