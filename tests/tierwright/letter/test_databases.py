"""Connections and memory of the databases: what the description may not ask for."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from tests.tierwright.letter.letter import Edit, Generated, errors

PLATFORM, WASTE = "platform.yaml", "apps/waste/app.yaml"


def _role_waste(most: int) -> Edit:
    return lambda platform: platform["stores"]["postgres"]["roles"]["waste"].update(connections=most)


def test_a_role_gets_what_its_services_open_at_their_most(follow: Callable[..., Generated]) -> None:
    report = follow({PLATFORM: _role_waste(60)}).report
    (found,) = errors(report, "reliability/role-connections")
    # ten pods of the service, ten of the ai-worker, four processes in each of two batch-workers, a migration
    assert found.endswith(
        "open 77: ai-worker 10 x 2, batch-worker 2 x 4 x 2, waste-service 10 x 4, waste-migrate 1 x 1"
    )
    assert errors(follow({PLATFORM: _role_waste(77)}).report, "reliability/role-connections") == []


def test_a_larger_pool_is_counted_in_every_replica(follow: Callable[..., Generated]) -> None:
    def larger(app: dict[str, dict[str, dict[str, int]]]) -> None:
        app["workloads"]["waste-service"]["connections"] = 12

    report = follow({WASTE: larger}).report
    (found,) = errors(report, "reliability/role-connections")
    assert re.search(r"its clients open 157\b", found)


@pytest.mark.parametrize(("most", "fails"), [(100, True), (200, False)])
def test_all_roles_fit_the_server(follow: Callable[..., Generated], most: int, fails: bool) -> None:
    report = follow(
        {PLATFORM: lambda platform: platform["stores"]["postgres"].update(max_connections=most)}
    ).report
    assert bool(errors(report, "reliability/database-connections")) == fails


def test_settings_follow_the_memory(shipped_prod: Generated, follow: Callable[..., Generated]) -> None:
    def halved(platform: dict[str, dict[str, dict[str, dict[str, dict[str, str]]]]]) -> None:
        for side in ("requests", "limits"):
            platform["stores"]["postgres"]["resources"][side]["memory"] = "1Gi"

    smaller = follow({PLATFORM: halved})
    configurations = [
        each.manifests["ConfigMap/default/postgres"]["data"]["postgresql.conf"]
        for each in (shipped_prod, smaller)
    ]
    assert ["shared_buffers = 512MB" in each for each in configurations] == [True, False]
    assert "shared_buffers = 256MB" in configurations[1]
    assert errors(smaller.report, "reliability/database-memory") == []


def test_connections_without_a_database_are_refused(problems: Callable[..., list[str]]) -> None:
    def without(app: dict[str, dict[str, dict[str, list[str]]]]) -> None:
        app["workloads"]["waste-service"]["calls"] = ["redis", "s3"]

    (found,) = problems({WASTE: without})
    assert "connections are given for a database, and it calls none" in found
