"""The servers as fixtures: each starts when a test first asks for it, and serves the whole run.

Only `database` is per module and `github_server` per test. A test that stops or kills a server starts it
again before it ends.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Protocol, TypeVar

import pytest

from tests.servers.process import STARTED

if TYPE_CHECKING:
    from tests.servers.github import GitHub
    from tests.servers.postgres import Database, Postgres
    from tests.servers.rabbitmq import RabbitMQ
    from tests.servers.redis import Redis
    from tests.servers.registry import Registry
    from tests.servers.s3.storage import S3


class Server(Protocol):
    """A server that tests start and end."""

    def start(self) -> object: ...
    def close(self) -> None: ...


_Server = TypeVar("_Server", bound=Server)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """PostgreSQL, without the platform's database: ask for `database`."""
    from tests.servers.postgres import Postgres

    yield from running(Postgres())


@pytest.fixture(scope="module")
def database(postgres: Postgres) -> Database:
    """The platform's database for one module: roles, schemas, migrations, no rows."""
    from tests.servers.postgres import Database

    return Database(postgres.create_database())


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """The Redis that never evicts."""
    from tests.servers.redis import Redis

    yield from running(Redis("redis"))


@pytest.fixture(scope="session")
def redis_cache_server() -> Iterator[Redis]:
    """The Redis that may evict."""
    from tests.servers.redis import Redis

    yield from running(Redis("redis-cache"))


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """RabbitMQ with the platform's queues and accounts; purge what a test leaves."""
    from tests.servers.rabbitmq import RabbitMQ

    yield from running(RabbitMQ())


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """S3 and STS, with the delivered workloads' buckets and roles."""
    from tests.servers.s3.storage import S3

    yield from running(S3())


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry of images."""
    from tests.servers.registry import Registry

    yield from running(Registry(tmp_path_factory.mktemp("servers") / "registry"))


@pytest.fixture
def github_server() -> Iterator[GitHub]:
    """GitHub's API without a comment."""
    from tests.servers.github import GitHub

    yield from running(GitHub())


def running(server: _Server) -> Iterator[_Server]:
    """The server, until the fixture ends."""
    try:
        server.start()
        yield server
    finally:
        server.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show with a failed test what the processes wrote last."""
    report = yield
    if report.failed:
        for process in STARTED:
            report.sections.append((f"log of {process}", process.tail()))
    return report
