"""The platform under test as Prometheus sees it: every pod and server by its delivered monitor."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

from tests.e2e.cluster import Cluster
from tests.e2e.manifests import ManifestError, Manifests, Object
from tests.e2e.node_metrics import NodeMetrics
from tests.servers import manifests
from tests.servers.exporters import Exporter
from tests.servers.given import program
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.prometheus import Prometheus, Target

_STARTED_HERE = "nothing: it is always started here"


class Observed:
    """Prometheus, the exporters, and what a node of the cluster would bring.

    Args:
        broker_port: Where the broker serves its metrics.
    """

    def __init__(self, cluster: Cluster, *, broker_port: int, folder: Path) -> None:
        self._cluster = cluster
        self._stack = ExitStack()
        self._folder = folder
        try:
            targets = [*self._pods(), *self._stores(broker_port), *self._nodes()]
            self.prometheus = Prometheus(targets, folder)
            self._stack.callback(self.prometheus.close)
            self.prometheus.start()
        except BaseException:
            self._stack.close()
            raise

    def close(self) -> None:
        self._stack.close()

    def _pods(self) -> Iterator[Target]:
        for pod in self._cluster.pods:
            monitor = _monitor(self._manifests, pod.namespace, pod.labels, asked_by=pod.owner)
            port = pod.port(monitor["spec"]["podMetricsEndpoints"][0]["port"])
            assert port is not None, f"{pod.owner} lacks the port of its monitor"
            yield Target.of(monitor, namespace=pod.namespace, pod=pod.name, port=port)

    def _stores(self, broker_port: int) -> Iterator[Target]:
        node = self._cluster.node
        for kind, name, variable, key in (
            ("StatefulSet", "postgres", "DATA_SOURCE_PASS", "exporter"),
            ("Deployment", "redis", "REDIS_PASSWORD", "redis"),
            ("Deployment", "redis-cache", "REDIS_PASSWORD", "redis-cache"),
        ):
            port_name = "postgres" if name == "postgres" else "redis"
            port = node.surroundings.servers["default", name, port_name]
            exporter = Exporter(
                name,
                manifests.pod(kind, name),
                secrets={variable: node.secrets["default", name][key]},
                store=f"127.0.0.1:{port}",
                folder=self._folder,
            ).start()
            self._stack.callback(exporter.close)
            yield self._store("default", kind, name, exporter.port)
        yield self._store("messaging", "StatefulSet", "rabbitmq", broker_port)

    def _store(self, namespace: str, kind: str, name: str, port: int) -> Target:
        workload = self._manifests.get(kind, namespace, name, asked_by="the test")
        template = workload["spec"]["template"]
        monitor = _monitor(self._manifests, namespace, template["metadata"]["labels"], asked_by=name)
        wanted = monitor["spec"]["podMetricsEndpoints"][0]["port"]
        names = {each["name"] for container in template["spec"]["containers"] for each in container["ports"]}
        assert wanted in names, f"{name} lacks the port {wanted} of its monitor"
        return Target.of(monitor, namespace=namespace, pod=f"{name}-0", port=port)

    def _nodes(self) -> Iterator[Target]:
        """What kube-prometheus-stack scrapes by monitors of its own, under its names of jobs."""
        metrics = NodeMetrics(self._manifests, lambda: self._cluster.pods).start()
        self._stack.callback(metrics.close)
        yield Target("kubelet", metrics.port)
        node, etcd = free_port(), free_port()
        exporter = program(
            "prometheus-node-exporter", package="prometheus-node-exporter", variable=_STARTED_HERE
        )
        self._run("node-exporter", [exporter, f"--web.listen-address=127.0.0.1:{node}"])
        yield Target("node-exporter", node)
        clients, peers = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        self._run(
            "etcd",
            [
                program("etcd", package="etcd-server", variable=_STARTED_HERE),
                f"--data-dir={self._folder / 'etcd'}",
                f"--listen-client-urls={clients}",
                f"--advertise-client-urls={clients}",
                f"--listen-peer-urls={peers}",
                f"--initial-advertise-peer-urls={peers}",
                f"--initial-cluster=default={peers}",
                f"--listen-metrics-urls=http://127.0.0.1:{etcd}",
            ],
        )
        yield Target("kube-etcd", etcd)

    def _run(self, name: str, command: list[str]) -> None:
        process = Process(command, {}, log=self._folder / f"{name}.log", name=name).start()
        self._stack.callback(process.terminate)

    @property
    def _manifests(self) -> Manifests:
        return self._cluster.node.manifests


def _monitor(manifests: Manifests, namespace: str, labels: dict[str, str], *, asked_by: str) -> Object:
    found = [
        each
        for each in manifests.of("PodMonitor", namespace=namespace)
        if "namespaceSelector" not in each["spec"]
        and each["spec"]["selector"]["matchLabels"].items() <= labels.items()
    ]
    if len(found) != 1:
        message = f"{asked_by} is selected by {len(found)} PodMonitors"
        raise ManifestError(message)
    return found[0]
