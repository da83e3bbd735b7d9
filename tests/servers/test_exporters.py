"""Exporters see what their servers hold, by logins that may not touch it."""

from __future__ import annotations

import pytest

from tests.servers import manifests
from tests.servers.exporters import Exporter
from tests.servers.fixtures import running
from tests.servers.postgres import password_of


@pytest.fixture
def postgres_exporter(database, postgres, tmp_path):
    yield from running(
        Exporter(
            "postgres",
            manifests.pod("StatefulSet", "postgres"),
            secrets={"DATA_SOURCE_PASS": password_of("exporter")},
            store=f"127.0.0.1:{postgres.port}",
            folder=tmp_path,
        )
    )


@pytest.fixture(params=["redis", "redis-cache"])
def a_redis(request):
    return request.getfixturevalue(f"{request.param.replace('-', '_')}_server")


@pytest.fixture
def redis_exporter(a_redis, tmp_path):
    yield from running(
        Exporter(
            a_redis.name,
            manifests.pod("Deployment", a_redis.name),
            secrets={"REDIS_PASSWORD": a_redis.password},
            store=f"127.0.0.1:{a_redis.port}",
            folder=tmp_path,
        )
    )


def _connections(samples):
    """Connections to the platform's database, all states together."""
    return sum(
        value
        for name, value in samples.items()
        if name.startswith("pg_stat_activity_count") and 'datname="waste_coach"' in name
    )


def test_the_databases_connections_are_counted(database, postgres_exporter):
    before = postgres_exporter.samples()
    with database.connect("waste"), database.connect("waste"), database.connect("auth"):
        during = postgres_exporter.samples()
    assert (during["pg_up"], _connections(during) - _connections(before)) == (1, 3)
    [most] = [value for name, value in during.items() if name.startswith("pg_settings_max_connections")]
    with database.connect() as connection:
        assert connection.execute("SHOW max_connections").fetchone() == (f"{most:.0f}",)


def test_a_redis_tells_its_memory_and_what_it_may_use(a_redis, redis_exporter):
    samples = redis_exporter.samples()
    assert samples["redis_up"] == 1
    with a_redis.client() as client:
        told = client.info("memory")
    assert samples["redis_memory_max_bytes"] == told["maxmemory"]
    assert samples["redis_memory_used_bytes"] == pytest.approx(told["used_memory"], rel=0.2)


def test_a_full_redis_shows(a_redis, redis_exporter):
    before = redis_exporter.samples()["redis_memory_used_bytes"]
    with a_redis.client() as client:
        client.set("large", b"x" * 10_000_000)
        try:
            assert redis_exporter.samples()["redis_memory_used_bytes"] > before + 9_000_000
        finally:
            client.delete("large")
