"""One PostgreSQL server with its volume."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.origin import Origin
from tiered.stores.postgres_configuration import CONFIGURATION_PATH, files
from tiered.stores.store import (
    VolumeClaim,
    add_service,
    digest,
    read_only_files,
    shell_probe,
)
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account

CLIENT_PORTS = {"postgres": 5432}

# Outside the image's own volume, whose place changed between versions 17 and 18; and one folder
# below the mount, where a file system's lost+found would make initdb refuse.
_DATA_PATH = "/data"
_PGDATA = f"{_DATA_PATH}/pgdata"
# Time for the checkpoint of a shutdown.
_GRACE_SECONDS = 120


class Postgres(Component):
    """A StatefulSet of one replica, its Service and its ConfigMap.

    Args:
        image: the official one, or one with the same entry point.
        secret: Secret with the superuser's password under the superuser's name.
        resources: of the server; the memory request sizes its buffers.
        volume: for its data.
        database: created at the first start.
        superuser: created at the first start.
        connections: at most, over all roles.
        sidecars: further containers of the pod, for example an exporter.
        name: of the StatefulSet, the Service and the ConfigMap.
        user: numeric user of the image (999 in the official one, 70 in its alpine form).
    """

    port = CLIENT_PORTS["postgres"]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        image: str,
        secret: str,
        resources: Resources,
        volume: VolumeClaim,
        placement: Placement,
        database: str,
        superuser: str = "postgres",
        connections: int = 100,
        sidecars: Sequence[Container] = (),
        name: str = "postgres",
        user: int = 999,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if "memory" not in resources.requests:
            raise TieredError(f"{name}: give it a memory request, from which its buffers are derived")
        self.name = name
        self.host = f"{name}.{self.chart.target_namespace}.svc"
        self.image = image
        self.user = user
        self.secret = secret
        self.database = database
        self.superuser = superuser
        self.files = files(
            database=database,
            superuser=superuser,
            memory=resources.requests["memory"],
            disk=volume.size,
            connections=connections,
        )
        pod = Pod(
            name=name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[self._server(resources), *sidecars],
            service_account=name,
            user=user,
            grace_seconds=_GRACE_SECONDS,
            annotations=digest(self.files),
        )
        self.selector = pod.selector
        add_service_account(self, name)
        self.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, data=self.files)
        # Headless, since it gives the pod of the StatefulSet its name, and there is but one to reach.
        add_service(
            self,
            name,
            selector=pod.selector,
            ports={port: number for container in pod.containers for port, number in container.ports.items()},
            clusterIP="None",
        )
        self.add(
            "apps/v1",
            "StatefulSet",
            name,
            wave=Wave.STORE,
            annotations=CONFIRMED_REMOVAL,
            spec={
                "replicas": 1,
                "serviceName": name,
                "updateStrategy": {"type": "RollingUpdate"},
                "selector": {"matchLabels": pod.selector},
                "template": pod.template(),
                "volumeClaimTemplates": [volume.template("data")],
            },
        )

    def _server(self, resources: Resources) -> Container:
        answers = f"pg_isready --quiet --host 127.0.0.1 --username {self.superuser} --dbname {self.database}"
        return Container(
            name="postgres",
            image=self.image,
            resources=resources,
            args=[
                "postgres",
                "-c",
                f"config_file={CONFIGURATION_PATH}/postgresql.conf",
                "-c",
                f"hba_file={CONFIGURATION_PATH}/pg_hba.conf",
            ],
            environment=[
                Variable(name="PGDATA", value=_PGDATA),
                Variable(name="POSTGRES_DB", value=self.database),
                Variable(name="POSTGRES_USER", value=self.superuser),
                Variable(name="POSTGRES_PASSWORD", secret=self.secret, key=self.superuser),
            ],
            ports=CLIENT_PORTS,
            volumes=[
                Volume(name="data", path=_DATA_PATH, source={}, read_only=False),
                Volume(name="configuration", path=CONFIGURATION_PATH, source=read_only_files(self.name)),
                scratch(name="run", path="/var/run/postgresql", size="16Mi"),
                scratch(),
            ],
            readiness=shell_probe(answers, period=10),
            # Status 1 is "rejecting connections": recovery after a crash, which a restart would only
            # begin anew. Only silence counts.
            liveness={**shell_probe(f"{answers} || test $? -eq 1", period=20), "initialDelaySeconds": 60},
            # Fast, whatever stop signal the image names: SIGTERM would wait for every client to leave.
            pre_stop={"exec": {"command": ["pg_ctl", "stop", "--mode=fast", "--no-wait"]}},
        )
