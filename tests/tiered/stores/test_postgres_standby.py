from __future__ import annotations

import pytest

from tiered.stores.postgres import Postgres
from tiered.stores.postgres_roles import PostgresRoles
from tiered.stores.postgres_sql import Role
from tiered.stores.postgres_standby import PostgresStandby
from tiered.stores.store import VolumeClaim


@pytest.fixture
def primary(chart, placement, resources):
    return Postgres(
        chart,
        "postgres",
        image="docker.io/library/postgres:17.6",
        secret="postgres",
        resources=resources,
        volume=VolumeClaim(size="1Gi"),
        placement=placement,
        database="app",
        standbys=2,
    )


def test_standbys_run_the_primarys_image_with_its_settings(chart, made, primary, placement, resources):
    # WHEN
    PostgresStandby(
        chart,
        "read",
        primary=primary,
        replicas=2,
        resources=resources,
        volume=VolumeClaim(size="1Gi"),
        placement=placement,
    )
    objects = made()
    # THEN
    standby = objects["StatefulSet", "postgres-read"]["spec"]
    pod = standby["template"]["spec"]
    [copy], [server] = pod["initContainers"], pod["containers"]
    assert copy["image"] == server["image"] == "docker.io/library/postgres:17.6"
    assert (standby["replicas"], standby["serviceName"]) == (2, "postgres-read")
    [configuration] = [each for each in pod["volumes"] if each["name"] == "configuration"]
    assert configuration["configMap"]["name"] == "postgres"
    assert "hot_standby_feedback=on" in server["args"]
    assert "Prune=confirm" in str(objects["StatefulSet", "postgres-read"]["metadata"]["annotations"])


def test_each_standby_has_a_slot_and_the_primary_lets_them_in(chart, primary, placement, resources):
    replication = Role(name="replication", replicates=True, connections=4)
    roles = PostgresRoles(
        chart, "roles", server=primary, roles=[replication], resources=resources, placement=placement
    )

    assert r"\set slots '{postgres_read_0,postgres_read_1}'" in roles.sql
    assert 'ALTER ROLE "replication" REPLICATION CONNECTION LIMIT 4;' in roles.sql
    assert "host replication replication all scram-sha-256\n" in primary.files["pg_hba.conf"]
