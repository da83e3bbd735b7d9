"""A service that answers over HTTP while the caller waits."""

from __future__ import annotations

from typing import Literal

from constructs import Construct

from tiered.manifest import Body, Wave
from tiered.origin import Origin
from tiered.workloads.autoscaling import ONE, Replicas
from tiered.workloads.deployment import Workload
from tiered.workloads.health import Health
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program
from tiered.workloads.rollout import SURGE_FIRST, Rollout


class ApiService(Workload):
    """A Deployment behind a Service of the same name.

    The program answers `/healthz` and `/readyz` on `port`. When a pod goes it still serves
    for `pre_stop_seconds`, until load balancer and kube-proxy have taken it off their lists; then it
    gets SIGTERM and `drain_seconds` for the requests in flight. The image needs a `sleep`: the kubelet's own
    sleep action came with Kubernetes 1.29.

    Metrics are scraped from the pods, not through the Service, which under `node-port` would
    open them on every node.

    Args:
        port: container port of HTTP, named `http`; the Service listens on the same number.
        exposed: `node-port` for load balancers that reach nodes, not pods. Traffic then stays on the
            node it came to, so that the pods see the load balancer's addresses.
        metrics_port: container port of `/metrics`, named `metrics`; None where `port` answers it.

    Attributes:
        host: DNS name of the Service within the cluster.
        port: number of the Service's port and of the container's.
        metrics_port_name: name of the container port that answers `/metrics`.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        program: Program,
        placement: Placement,
        port: int,
        replicas: Replicas = ONE,
        rollout: Rollout = SURGE_FIRST,
        exposed: Literal["cluster", "node-port"] = "cluster",
        metrics_port: int | None = None,
        startup_seconds: int = 60,
        pre_stop_seconds: int = 5,
        drain_seconds: int = 25,
        origin: Origin | None = None,
    ) -> None:
        ports = {"http": port}
        if metrics_port is not None:
            ports["metrics"] = metrics_port
        super().__init__(
            scope,
            id,
            role="api",
            program=program,
            placement=placement,
            replicas=replicas,
            rollout=rollout,
            health=Health(port="http", startup_seconds=startup_seconds),
            ports=ports,
            pre_stop={"exec": {"command": ["sleep", str(pre_stop_seconds)]}},
            grace_seconds=pre_stop_seconds + drain_seconds,
            origin=origin,
        )
        self.port = port
        self.host = f"{id}.{self.chart.target_namespace}.svc"
        self.metrics_port_name = "http" if metrics_port is None else "metrics"
        reach: Body = {"type": "ClusterIP"}
        if exposed == "node-port":
            reach = {"type": "NodePort", "externalTrafficPolicy": "Local"}
        self.add(
            "v1",
            "Service",
            id,
            wave=Wave.WORKLOAD,
            spec={
                **reach,
                "selector": self.selector,
                "ports": [{"name": "http", "port": port, "targetPort": "http", "protocol": "TCP"}],
            },
        )
