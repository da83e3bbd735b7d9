"""A RabbitMQ cluster of quorum queues, configured from its topology."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import CONFIRMED_REMOVAL, Component
from tiered.errors import TieredError
from tiered.manifest import Wave
from tiered.messaging.accounts import Account
from tiered.messaging.topology import Topology
from tiered.origin import Origin
from tiered.stores.rabbitmq_configuration import files
from tiered.stores.rabbitmq_node import (
    CLIENT_PORTS,
    CLUSTER_PORTS,
    GRACE_SECONDS,
    MANAGEMENT_PORTS,
    METRICS_PORTS,
    containers,
)
from tiered.stores.store import VolumeClaim, add_service, digest
from tiered.workloads.container import Resources
from tiered.workloads.disruption import add_budget
from tiered.workloads.pod import Placement, Pod
from tiered.workloads.service_account import add_service_account


class RabbitMQ(Component):
    """A StatefulSet, its two Services, its ConfigMap and, from two replicas on, a disruption budget.

    Nodes find each other by their ordinal: every new one joins ordinal 0 (RabbitMQ 4.1 and later),
    so no pod needs a token or a right at the Kubernetes API. Should ordinal 0 ever lose its volume,
    it would begin a cluster of its own: let it join another node by hand then.

    Args:
        image: of RabbitMQ 4.1 or later with the management plugin and `sh`.
        replicas: odd, for quorum.
        secret: Secret with a password for each account under its name, and `erlang-cookie`.
        resources: of one node; the memory limit sets the high watermark.
        volume: of one node.
        name: of the StatefulSet, the client Service and the ConfigMap.
        user: numeric user of the image (999 in the official one, 100 in its alpine form).
        cluster_domain: of the Kubernetes cluster's DNS.
    """

    port = CLIENT_PORTS["amqp"]

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        image: str,
        replicas: int,
        topology: Topology,
        accounts: Sequence[Account],
        secret: str,
        resources: Resources,
        volume: VolumeClaim,
        placement: Placement,
        name: str = "rabbitmq",
        user: int = 999,
        cluster_domain: str = "cluster.local",
        origin: Origin | None = None,
    ) -> None:
        super().__init__(scope, id, origin=origin)
        if replicas < 1 or replicas % 2 == 0:
            raise TieredError(f"{name}: {replicas} replicas have no majority to gain; write 1, 3 or 5")
        if "memory" not in resources.limits:
            raise TieredError(f"{name}: give it a memory limit, from which its high watermark is derived")
        self.name = name
        self.host = f"{name}.{self.chart.target_namespace}.svc"
        self.files = files(
            topology,
            accounts,
            cluster=name,
            replicas=replicas,
            memory=resources.limits["memory"],
            disk=volume.size,
        )
        nodes = f"{name}-nodes"
        domain = f"{nodes}.{self.chart.target_namespace}.svc.{cluster_domain}"
        container, prepare = containers(
            image=image,
            domain=domain,
            secret=secret,
            configuration=name,
            resources=resources,
            replicas=replicas,
        )
        pod = Pod(
            name=name,
            labels=self.chart.common_labels,
            role="store",
            placement=placement,
            containers=[container],
            init_containers=[prepare],
            service_account=name,
            user=user,
            grace_seconds=GRACE_SECONDS,
            spread=replicas > 1,
            annotations=digest(self.files),
        )
        self.selector = pod.selector
        add_service_account(self, name)
        self.add("v1", "ConfigMap", name, wave=Wave.CONFIGURATION, data=self.files)
        ports = {**CLIENT_PORTS, **MANAGEMENT_PORTS, **METRICS_PORTS}
        add_service(self, name, selector=pod.selector, ports=ports)
        # A node looks its peers up before it is ready, and is not ready before it has found them.
        add_service(
            self,
            nodes,
            selector=pod.selector,
            ports=CLUSTER_PORTS,
            clusterIP="None",
            publishNotReadyAddresses=True,
        )
        self.add(
            "apps/v1",
            "StatefulSet",
            name,
            wave=Wave.STORE,
            annotations=CONFIRMED_REMOVAL,
            spec={
                "replicas": replicas,
                "serviceName": nodes,
                # After a full stop a node waits for those that stopped after it: one by one in order
                # of their ordinals they would wait for ever.
                "podManagementPolicy": "Parallel",
                "updateStrategy": {"type": "RollingUpdate"},
                "selector": {"matchLabels": pod.selector},
                "template": pod.template(),
                "volumeClaimTemplates": [volume.template("data")],
            },
        )
        add_budget(self, name, selector=pod.selector, replicas=replicas)
