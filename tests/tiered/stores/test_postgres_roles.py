from __future__ import annotations

import pytest

from tiered.errors import TieredError
from tiered.stores.postgres import Postgres
from tiered.stores.postgres_roles import PostgresRoles
from tiered.stores.postgres_sql import Role, roles_sql
from tiered.stores.store import VolumeClaim

ROLES = [Role(name="auth", schema="auth"), Role(name="backup", member_of=["pg_read_all_data"])]


SUPERUSERS, OTHERS = "postgres", "roles"  # names of Secrets


@pytest.fixture
def server(chart, placement, resources):
    return Postgres(
        chart,
        "postgres",
        image="docker.io/library/postgres:17.6",
        secret=SUPERUSERS,
        resources=resources,
        volume=VolumeClaim(size="1Gi"),
        placement=placement,
        database="app",
    )


def test_roles_are_set_up_at_every_sync_after_the_server_and_before_migrations(
    chart, made, server, placement, resources
):
    # WHEN
    PostgresRoles(chart, "roles", server=server, roles=ROLES, resources=resources, placement=placement)
    objects = made()
    # THEN
    job = objects["Job", "postgres-roles"]
    assert job["metadata"]["annotations"] == {
        "argocd.argoproj.io/sync-wave": "-2",
        "argocd.argoproj.io/hook": "Sync",
        "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
    }
    assert objects["ConfigMap", "postgres-roles"]["data"] == {"roles.sql": roles_sql(ROLES)}
    pod = job["spec"]["template"]["spec"]
    assert pod["restartPolicy"] == "Never"
    [psql] = pod["containers"]
    assert {"--single-transaction", "--set=ON_ERROR_STOP=1", "--file=/sql/roles.sql"} < set(psql["args"])
    environment = {variable["name"]: variable for variable in psql["env"]}
    assert environment["PGHOST"]["value"] == "postgres.waste.svc"
    keys = {
        name: variable["valueFrom"]["secretKeyRef"]["key"]
        for name, variable in environment.items()
        if "valueFrom" in variable
    }
    assert keys == {
        "PGPASSWORD": "postgres",
        "PASSWORD_OF_AUTH": "auth",
        "PASSWORD_OF_BACKUP": "backup",
    }


def test_passwords_may_lie_in_another_secret_than_the_superusers(chart, made, server, placement, resources):
    PostgresRoles(
        chart,
        "roles",
        server=server,
        roles=ROLES,
        resources=resources,
        placement=placement,
        secret=OTHERS,
        name="set-up",
    )

    [psql] = made()["Job", "set-up"]["spec"]["template"]["spec"]["containers"]
    secrets = [v["valueFrom"]["secretKeyRef"]["name"] for v in psql["env"] if "valueFrom" in v]
    assert secrets == [SUPERUSERS, OTHERS, OTHERS]


def test_the_superuser_is_no_role_of_an_app(chart, server, placement, resources):
    with pytest.raises(TieredError, match="'postgres' is the superuser"):
        PostgresRoles(
            chart,
            "roles",
            server=server,
            roles=[Role(name="postgres")],
            resources=resources,
            placement=placement,
        )
