from __future__ import annotations

import os
import subprocess

import pytest

from tiered.errors import TieredError
from tiered.stores.redis import HOLDS
from tiered.stores.redis_sentinel import RedisSentinel
from tiered.stores.store import VolumeClaim
from tiered.workloads.container import Resources

PROGRAMS = {"redis-server": 'echo "$@"\ncat\n', "redis-cli": "exit 1\n"}
"""What stands in for the image's: the server shows what it was given, and nobody answers."""


@pytest.fixture
def build(chart, placement, resources):
    def make(**more):
        settings = {
            "name": "redis",
            "image": "docker.io/library/redis:7.4.6",
            "replicas": 3,
            "secret": "redis",
            "resources": resources,
            "eviction": "noeviction",
            "holds": ["results"],
            "placement": placement,
            "volume": VolumeClaim(size="5Gi", storage_class="gp3"),
        }
        return RedisSentinel(chart, "redis", **{**settings, **more})

    return make


@pytest.fixture
def containers(build, made):
    build()
    return {
        each["name"]: each
        for each in made()["StatefulSet", "redis"]["spec"]["template"]["spec"]["containers"]
    }


def test_servers_find_each_other_and_are_replaced_one_by_one(build, made):
    # WHEN
    redis = build()
    objects = made()
    # THEN
    assert redis.hosts == [f"redis-{number}.redis.waste.svc" for number in range(3)]
    spec = objects["StatefulSet", "redis"]["spec"]
    assert (spec["replicas"], spec["serviceName"]) == (3, "redis")
    service = objects["Service", "redis"]["spec"]
    assert (service["clusterIP"], service["publishNotReadyAddresses"]) == ("None", True)
    assert objects["PodDisruptionBudget", "redis"]["spec"]["maxUnavailable"] == 1
    assert objects["ConfigMap", "redis"]["metadata"]["annotations"][HOLDS] == "results"


def test_a_master_without_replicas_takes_no_writes(build):
    assert "min-replicas-to-write 1\n" in build().files["redis.conf"]


def test_what_the_servers_log_in_with_is_not_what_their_callers_have(containers):
    for container in containers.values():
        keys = {
            each["name"]: each["valueFrom"]["secretKeyRef"]["key"]
            for each in container["env"]
            if "secretKeyRef" in each.get("valueFrom", {})
        }
        assert keys == {"REDISCLI_AUTH": "redis", "REPLICATION_PASSWORD": "replication"}


def test_passwords_are_written_into_memory_only(build, made):
    build()
    pod = made()["StatefulSet", "redis"]["spec"]["template"]["spec"]
    users = next(each for each in pod["volumes"] if each["name"] == "users")
    assert users["emptyDir"]["medium"] == "Memory"


@pytest.mark.parametrize("replicas", [1, 2, 4])
def test_a_number_without_a_majority_is_refused(build, replicas):
    with pytest.raises(TieredError, match="no majority"):
        build(replicas=replicas)


def test_without_a_memory_limit_nothing_says_when_it_is_full(build):
    with pytest.raises(TieredError, match="memory limit"):
        build(resources=Resources(requests={"cpu": "1", "memory": "1Gi"}, limits={"cpu": "1"}))


@pytest.fixture
def start(containers, tmp_path):
    """Runs a container's start command with stand-ins for the image's programs, in a folder of its own."""
    for name, text in PROGRAMS.items():
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}")
        (tmp_path / name).chmod(0o755)
    (tmp_path / "run").mkdir()

    def run(name: str, **variables: str) -> subprocess.CompletedProcess[str]:
        shell, flag, script = containers[name]["command"]
        script = script.replace("/data/", f"{tmp_path}/").replace("/run/redis/", f"{tmp_path}/run/")
        environment = {
            "PATH": f"{tmp_path}:{os.environ['PATH']}",
            "HOST": "redis-1",
            "PEERS": "redis-0 redis-1 redis-2",
            "MASTER": "redis",
            "QUORUM": "2",
            "REDISCLI_AUTH": "theirs",
            "REPLICATION_PASSWORD": "ours",
        }
        return subprocess.run(
            [shell, flag, script], env=environment | variables, capture_output=True, text=True, check=False
        )

    return run


def test_a_server_stays_what_it_was(start, tmp_path):
    (tmp_path / "redis.conf").write_text('appendonly yes\nreplicaof "redis-2" 6379\nmasterauth old\n')
    assert start("redis").stdout == f"{tmp_path}/redis.conf -\nmasterauth ours\n"
    assert (tmp_path / "redis.conf").read_text() == (
        "include /etc/redis/redis.conf\n"
        f"aclfile {tmp_path}/run/users.acl\n"
        "replica-announce-ip redis-1\n"
        "masteruser replica\n"
        "replicaof redis-2 6379\n"
    )


def test_a_sentinel_that_hears_of_nobody_watches_the_first(start, tmp_path):
    shown = start("sentinel")
    assert shown.stdout.startswith(f"{tmp_path}/sentinel.conf --sentinel -\n")
    assert "sentinel monitor redis redis-0 6379 2\n" in (tmp_path / "sentinel.conf").read_text()
    assert "ours" not in (tmp_path / "sentinel.conf").read_text()


def test_an_empty_sentinel_takes_over_what_another_knows(start, tmp_path):
    told = "name\\nredis\\nip\\nredis-1\\nnum-slaves\\n2\\n"
    (tmp_path / "redis-cli").write_text(f"#!/bin/sh\nprintf '{told}'\n")
    start("sentinel")
    lines = (tmp_path / "sentinel.conf").read_text().splitlines()
    assert "sentinel monitor redis redis-1 6379 2" in lines
    # Its master may be gone, and could not tell it any more who could be promoted.
    assert lines[-2:] == [
        "sentinel known-replica redis redis-0 6379",
        "sentinel known-replica redis redis-2 6379",
    ]


@pytest.mark.parametrize("variable", ["REDISCLI_AUTH", "REPLICATION_PASSWORD"])
@pytest.mark.parametrize("password", ["", "a b", "x +@all", "a\nb"])
def test_a_password_that_could_change_the_rights_is_refused(start, variable, password):
    for name in ("redis", "sentinel"):
        result = start(name, **{variable: password})
        assert (result.returncode, result.stdout) == (1, "")
        assert "use letters, digits" in result.stderr
