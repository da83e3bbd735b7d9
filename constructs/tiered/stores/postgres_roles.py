"""The Job that sets up roles and schemas: each role owns its schema, and reaches no other unasked."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.origin import Origin
from tiered.stores.postgres import Postgres
from tiered.stores.postgres_sql import Role, roles_sql
from tiered.stores.store import digest, read_only_files
from tiered.workloads.container import Container, Resources, Variable, Volume
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account

_SQL_PATH = "/sql"


class PostgresRoles(Component):
    """A Job that brings roles, schemas and grants to what is described, at every sync, before migrations.

    Args:
        server: whose image, database and superuser it uses.
        roles: all of them; a login that is not among them is locked.
        secret: with a password for each role under its name; by default the server's.
        resources: of the Job.
        name: of the Job and the ConfigMap.

    Raises:
        TieredError: for a role called like the superuser, and what `roles_sql` refuses.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        server: Postgres,
        roles: Sequence[Role],
        resources: Resources,
        placement: Placement,
        secret: str | None = None,
        name: str | None = None,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if any(role.name == server.superuser for role in roles):
            raise TieredError(
                f"role {server.superuser!r} is the superuser of {server.name}: choose another name"
            )
        self.name = name or f"{server.name}-roles"
        self.sql = roles_sql(roles, server.standbys)
        files = {"roles.sql": self.sql}
        pod = Pod(
            name=self.name,
            labels=self.chart.common_labels,
            role="migration",
            placement=placement,
            containers=[self._psql(server, roles, secret or server.secret, resources)],
            service_account=self.name,
            user=server.user,
            restart_policy="Never",
            annotations=digest(files),
        )
        self.selector = pod.selector
        add_service_account(self, self.name)
        self.add("v1", "ConfigMap", self.name, wave=Wave.CONFIGURATION, data=files)
        self.add(
            "batch/v1",
            "Job",
            self.name,
            wave=Wave.STORE_SETUP,
            annotations={
                "argocd.argoproj.io/hook": "Sync",
                "argocd.argoproj.io/hook-delete-policy": "BeforeHookCreation",
            },
            spec={"backoffLimit": 5, "activeDeadlineSeconds": 300, "template": pod.template()},
        )

    def _psql(self, server: Postgres, roles: Sequence[Role], secret: str, resources: Resources) -> Container:
        return Container(
            name="psql",
            image=server.image,
            resources=resources,
            command=["psql"],
            args=[
                "--no-psqlrc",
                "--quiet",
                "--single-transaction",
                "--set=ON_ERROR_STOP=1",
                f"--file={_SQL_PATH}/roles.sql",
            ],
            environment=[
                Variable(name="PGHOST", value=server.host),
                Variable(name="PGPORT", value=str(server.port)),
                Variable(name="PGDATABASE", value=server.database),
                Variable(name="PGUSER", value=server.superuser),
                Variable(name="PGPASSWORD", secret=server.secret, key=server.superuser),
                *(Variable(name=role.password_variable, secret=secret, key=role.name) for role in roles),
            ],
            volumes=[Volume(name="sql", path=_SQL_PATH, source=read_only_files(self.name))],
        )
