"""One PostgreSQL server with its volume."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.origin import Origin
from tiered.stores.postgres_configuration import files
from tiered.stores.postgres_container import CLIENT_PORTS, GRACE_SECONDS, server_container
from tiered.stores.store import VolumeClaim, add_service, digest
from tiered.workloads.container import Container, Resources, Variable
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account


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
        standbys: how many copies of it may follow its log (see :mod:`tiered.stores.postgres_standby`).
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
        standbys: int = 0,
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
        self.standby_name = f"{name}-read"
        self.standbys = [f"{self.standby_name}-{number}" for number in range(standbys)]
        self.files = files(
            database=database,
            superuser=superuser,
            memory=resources.requests["memory"],
            disk=volume.size,
            connections=connections,
            replication=standbys > 0,
        )
        server = server_container(
            image=image,
            resources=resources,
            configuration=name,
            database=database,
            superuser=superuser,
            environment=[
                Variable(name="POSTGRES_DB", value=database),
                Variable(name="POSTGRES_USER", value=superuser),
                Variable(name="POSTGRES_PASSWORD", secret=secret, key=superuser),
            ],
        )
        pod = Pod(
            name=name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[server, *sidecars],
            service_account=name,
            user=user,
            grace_seconds=GRACE_SECONDS,
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
