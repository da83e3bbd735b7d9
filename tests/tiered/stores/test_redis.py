from __future__ import annotations

import os
import subprocess

import pytest

from tiered.errors import TieredError
from tiered.stores.redis import HOLDS, Redis
from tiered.stores.store import VolumeClaim
from tiered.workloads.container import Container, Resources


@pytest.fixture
def build(chart, placement, resources):
    def make(**more):
        settings = {
            "name": "redis-cache",
            "image": "docker.io/library/redis:7.4.6",
            "secret": "redis",
            "resources": resources,
            "eviction": "allkeys-lru",
            "holds": ["image-hashes"],
            "placement": placement,
        }
        return Redis(chart, "redis", **{**settings, **more})

    return make


def test_a_cache_forgets_and_has_no_volume(build, made):
    # WHEN
    cache = build()
    objects = made()
    # THEN
    assert (cache.host, cache.port) == ("redis-cache.waste.svc", 6379)
    assert [kind for kind, _ in objects] == ["ServiceAccount", "ConfigMap", "Service", "Deployment"]
    conf = objects["ConfigMap", "redis-cache"]["data"]["redis.conf"]
    assert "maxmemory 768mb\n" in conf
    assert "maxmemory-policy allkeys-lru\n" in conf
    assert "appendonly no\n" in conf
    assert "dir " not in conf


def test_a_store_keeps_a_file_and_room_to_rewrite_it(build, made):
    # WHEN
    build(
        name="redis",
        eviction="noeviction",
        holds=["results", "progress"],
        volume=VolumeClaim(size="5Gi", storage_class="gp3"),
    )
    objects = made()
    # THEN
    conf = objects["ConfigMap", "redis"]["data"]["redis.conf"]
    assert "maxmemory 614mb\n" in conf
    assert "appendonly yes\n" in conf
    claim = objects["PersistentVolumeClaim", "redis"]
    assert claim["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == (
        "Prune=confirm,Delete=confirm"
    )
    deployment = objects["Deployment", "redis"]
    assert deployment["spec"]["strategy"] == {"type": "Recreate"}
    # Both in one wave: a claim waits for its first pod, and Argo CD would wait for the claim.
    waves = {body["metadata"]["annotations"]["argocd.argoproj.io/sync-wave"] for body in (claim, deployment)}
    assert len(waves) == 1
    volumes = {volume["name"]: volume for volume in deployment["spec"]["template"]["spec"]["volumes"]}
    assert volumes["data"]["persistentVolumeClaim"] == {"claimName": "redis"}


def test_what_it_holds_is_written_where_a_rule_can_read_it(build, made):
    build(holds=["results", "progress"])
    objects = made()

    for kind in ("Deployment", "ConfigMap"):
        assert objects[kind, "redis-cache"]["metadata"]["annotations"][HOLDS] == "results,progress"


def test_an_empty_list_leaves_no_annotation(build, made):
    build(holds=[])

    assert HOLDS not in made()["Deployment", "redis-cache"]["metadata"]["annotations"]


def test_the_password_is_neither_an_argument_nor_in_the_settings(build, made):
    build()
    objects = made()

    [container] = objects["Deployment", "redis-cache"]["spec"]["template"]["spec"]["containers"]
    [variable] = container["env"]
    assert variable["valueFrom"]["secretKeyRef"] == {"name": "redis", "key": "redis-cache"}
    assert "args" not in container
    assert "pass" not in objects["ConfigMap", "redis-cache"]["data"]["redis.conf"]


@pytest.fixture
def start(build, made, tmp_path):
    """Runs the start command with a stand-in for redis-server that shows what it was given."""
    server = tmp_path / "redis-server"
    server.write_text('#!/bin/sh\necho "$@"\ncat\n')
    server.chmod(0o755)
    build()
    [container] = made()["Deployment", "redis-cache"]["spec"]["template"]["spec"]["containers"]

    def run(password: str) -> subprocess.CompletedProcess[str]:
        environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "REDISCLI_AUTH": password}
        return subprocess.run(
            container["command"], env=environment, capture_output=True, text=True, check=False
        )

    return run


def test_the_server_reads_its_password_from_standard_input(start):
    assert start("a-B_1").stdout == (
        "/etc/redis/redis.conf -\nuser default on >a-B_1 ~* &* +@all -@dangerous +info\n"
    )


@pytest.mark.parametrize("password", ["", "a b", "x +@all", "a\nb"])
def test_a_password_that_could_change_the_rights_is_refused(start, password):
    result = start(password)

    assert result.returncode == 1
    assert result.stdout == ""
    assert "use letters, digits" in result.stderr


def test_while_loading_it_is_alive_but_not_ready(build, made):
    build()

    [container] = made()["Deployment", "redis-cache"]["spec"]["template"]["spec"]["containers"]
    assert "= PONG" in container["readinessProbe"]["exec"]["command"][-1]
    assert container["livenessProbe"]["exec"]["command"][-1] == "redis-cli ping"


def test_an_exporter_beside_it_shows_on_the_service(build, made, resources):
    build(
        sidecars=[
            Container(name="exporter", image="exporter:1", resources=resources, ports={"metrics": 9121})
        ]
    )

    ports = made()["Service", "redis-cache"]["spec"]["ports"]
    assert {port["name"]: port["port"] for port in ports} == {"redis": 6379, "metrics": 9121}


def test_a_server_without_a_memory_limit_is_refused(build):
    with pytest.raises(TieredError, match="give it a memory limit"):
        build(resources=Resources(requests={"memory": "1Gi"}, limits={}))
