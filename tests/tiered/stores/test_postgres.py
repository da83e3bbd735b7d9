from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.stores.postgres import Postgres
from tiered.stores.store import VolumeClaim
from tiered.workloads.container import Container, Resources


@pytest.fixture
def build(chart, placement, resources):
    def make(**more):
        settings = {
            "image": "docker.io/library/postgres:17.6",
            "secret": "postgres",
            "resources": resources,
            "volume": VolumeClaim(size="50Gi", storage_class="gp3"),
            "placement": placement,
            "database": "app",
        }
        return Postgres(chart, more.get("name", "postgres"), **{**settings, **more})

    return make


def test_one_server_with_a_volume_of_its_own(build, made):
    # WHEN
    server = build()
    objects = made()
    # THEN
    assert list(objects) == [
        ("ServiceAccount", "postgres"),
        ("ConfigMap", "postgres"),
        ("Service", "postgres"),
        ("StatefulSet", "postgres"),
    ]
    assert (server.host, server.port) == ("postgres.waste.svc", 5432)
    stateful_set = objects["StatefulSet", "postgres"]
    assert stateful_set["metadata"]["annotations"]["argocd.argoproj.io/sync-options"] == (
        "Prune=confirm,Delete=confirm"
    )
    assert stateful_set["spec"]["replicas"] == 1
    [claim] = stateful_set["spec"]["volumeClaimTemplates"]
    assert claim["spec"]["resources"]["requests"]["storage"] == "50Gi"
    pod = stateful_set["spec"]["template"]["spec"]
    [container] = pod["containers"]
    mounts = {mount["name"]: mount for mount in container["volumeMounts"]}
    environment = {variable["name"]: variable for variable in container["env"]}
    assert environment["PGDATA"]["value"].startswith(mounts["data"]["mountPath"] + "/")
    assert environment["POSTGRES_PASSWORD"]["valueFrom"]["secretKeyRef"] == {
        "name": "postgres",
        "key": "postgres",
    }
    writable = {name for name, mount in mounts.items() if not mount.get("readOnly")}
    assert writable == {"data", "run", "tmp"}
    assert [volume["name"] for volume in pod["volumes"]] == ["configuration", "run", "tmp"]


def test_it_stops_fast_and_is_not_killed_while_it_recovers(build, made):
    build()

    [container] = made()["StatefulSet", "postgres"]["spec"]["template"]["spec"]["containers"]
    assert "--mode=fast" in container["lifecycle"]["preStop"]["exec"]["command"]
    assert container["livenessProbe"]["exec"]["command"][-1].endswith("|| test $? -eq 1")
    assert "test $?" not in container["readinessProbe"]["exec"]["command"][-1]


def test_its_settings_follow_its_memory_and_roll_it(build, made):
    small = build(name="small")
    large = build(name="large", resources=Resources(requests={"memory": "4Gi"}, limits={}), connections=200)
    objects = made()

    assert "shared_buffers = 256MB\n" in small.files["postgresql.conf"]
    assert "work_mem = 2621kB\n" in small.files["postgresql.conf"]
    assert "shared_buffers = 1024MB\n" in large.files["postgresql.conf"]
    assert "max_connections = 200\n" in large.files["postgresql.conf"]
    digests = {
        objects["StatefulSet", name]["spec"]["template"]["metadata"]["annotations"][
            "tierwright.dev/configuration"
        ]
        for name in ("small", "large")
    }
    assert len(digests) == 2


def test_roles_reach_the_database_of_the_platform_only(build):
    rules = build(superuser="admin").files["pg_hba.conf"].splitlines()[1:]

    assert rules == [
        "local all all scram-sha-256",
        "host all admin all scram-sha-256",
        "host app all all scram-sha-256",
    ]


def test_an_exporter_beside_it_shows_on_the_service(build, made, resources):
    build(
        sidecars=[
            Container(name="exporter", image="exporter:1", resources=resources, ports={"metrics": 9187})
        ]
    )

    ports = made()["Service", "postgres"]["spec"]["ports"]
    assert {port["name"]: port["port"] for port in ports} == {"postgres": 5432, "metrics": 9187}


def test_a_server_without_a_memory_request_is_refused(build):
    with pytest.raises(TieredError, match="give it a memory request"):
        build(resources=Resources(requests={}, limits={"memory": "1Gi"}))
