"""Standbys of a PostgreSQL server, which answer reads."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.manifest import Wave
from tiered.origin import Origin
from tiered.stores.postgres import Postgres
from tiered.stores.postgres_configuration import REPLICATION_ROLE
from tiered.stores.postgres_container import DATA, GRACE_SECONDS, PGDATA, server_container
from tiered.stores.store import VolumeClaim, add_service, digest
from tiered.workloads.container import Container, Resources, Variable, scratch
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account

# A standby is a copy of the primary that follows its log. What a broken copy left is thrown away; a
# standby that the primary no longer has the log for gets a new copy when its volume is deleted.
_COPY = f"""\
set -eu
if [ -s "$PGDATA/PG_VERSION" ]; then exit 0; fi
rm -rf "$PGDATA" "$PGDATA.new"
slot=$(printf %s "$POD_NAME" | tr - _)
pg_basebackup --host="$PRIMARY" --port="$PGPORT" --username={REPLICATION_ROLE} --no-password \\
  --pgdata="$PGDATA.new" --wal-method=stream --slot="$slot" --write-recovery-conf --checkpoint=fast
mv "$PGDATA.new" "$PGDATA"
"""


class PostgresStandby(Component):
    """A StatefulSet of standbys by streaming replication, and the Service that readers call.

    Args:
        primary: whose image, settings and logins they share; it needs `standbys` of the same number.
        replicas: how many.
        resources: of each; no less memory than the primary's, whose settings they use.
        volume: of each, as large as the primary's.
        sidecars: further containers of each pod, for example an exporter.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        primary: Postgres,
        replicas: int,
        resources: Resources,
        volume: VolumeClaim,
        placement: Placement,
        sidecars: Sequence[Container] = (),
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        self.name = primary.standby_name
        password = Variable(name="PGPASSWORD", secret=primary.secret, key=REPLICATION_ROLE)
        conninfo = f"host={primary.host} port={primary.port} user={REPLICATION_ROLE}"
        server = server_container(
            image=primary.image,
            resources=resources,
            configuration=primary.name,
            database=primary.database,
            superuser=primary.superuser,
            environment=[Variable(name="POD_NAME", field_path="metadata.name"), password],
            settings=[
                # The password comes from the environment, so that a new one needs no new copy.
                f"primary_conninfo={conninfo} application_name=$(POD_NAME)",
                # The primary keeps rows that a reader here still looks at.
                "hot_standby_feedback=on",
            ],
        )
        copy = Container(
            name="copy",
            image=primary.image,
            resources=resources,
            command=["sh", "-c", _COPY],
            environment=[
                PGDATA,
                Variable(name="POD_NAME", field_path="metadata.name"),
                Variable(name="PRIMARY", value=primary.host),
                Variable(name="PGPORT", value=str(primary.port)),
                password,
            ],
            volumes=[DATA, scratch()],
        )
        pod = Pod(
            name=self.name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[server, *sidecars],
            init_containers=[copy],
            service_account=self.name,
            user=primary.user,
            grace_seconds=GRACE_SECONDS,
            annotations=digest(primary.files),
        )
        self.selector = pod.selector
        add_service_account(self, self.name)
        ports = {port: number for each in pod.containers for port, number in each.ports.items()}
        # Headless, as it gives the pods their names; a look-up answers those that are ready.
        add_service(self, self.name, selector=pod.selector, ports=ports, clusterIP="None")
        self.add(
            "apps/v1",
            "StatefulSet",
            self.name,
            wave=Wave.WORKLOAD,  # after the Job that makes the login and the slots
            annotations=CONFIRMED_REMOVAL,
            spec={
                "replicas": replicas,
                "serviceName": self.name,
                "updateStrategy": {"type": "RollingUpdate"},
                "selector": {"matchLabels": pod.selector},
                "template": pod.template(),
                "volumeClaimTemplates": [volume.template("data")],
            },
        )
