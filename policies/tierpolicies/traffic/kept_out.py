"""What NetworkPolicies keep out that belongs to the pods: members of their cluster, and who scrapes them."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Workload
from tierpolicies.monitoring.monitors import selected_pods, selected_services
from tierpolicies.traffic.isolation import (
    DIRECTIONS,
    INGRESS,
    NAMESPACE_NAME,
    Direction,
    Isolation,
    Peer,
    Policy,
    Port,
    isolation,
    pod_ports,
    target_ports,
)
from tierpolicies.traffic.service_targets import service_targets

_CLUSTER_PORTS: Mapping[str, tuple[Port, ...]] = {
    "rabbitmq": (Port(4369, "TCP", "epmd"), Port(25672, "TCP", "cluster")),
}
"""The ports by which the members of a cluster talk, by the name of the image."""


class Scrape(NamedTuple):
    """A port of pods that a monitor scrapes, and the endpoint that says so."""

    monitor: Manifest
    endpoint: View
    workload: Workload
    port: Port


def peer_ports(index: Index, workload: Workload) -> list[Port]:
    """The ports by which the pods of a StatefulSet of several find and reach each other.

    They are those of its headless Service, where that tells of pods that are not ready as well, and those
    that its software is known for.
    """
    manifest = workload.manifest
    if manifest.kind != "StatefulSet" or workload.max_replicas < 2:
        return []
    found: dict[tuple[int, str], Port] = {}
    for container in workload.own.running:
        image = container["image"].text.partition("@")[0].rpartition("/")[2].partition(":")[0]
        found.update(((each.number, each.protocol), each) for each in _CLUSTER_PORTS.get(image, ()))
    for target in service_targets(index, workload):
        spec = target.service.view["spec"]
        is_own = target.service.name == manifest.view.at("spec", "serviceName").text
        if is_own and target.is_headless and spec["publishNotReadyAddresses"].value is True:
            found.update(((each.number, each.protocol), each) for each in target.pod_ports)
    return list(found.values())


def kept_from_peers(index: Index, workload: Workload) -> list[tuple[Direction, Port]]:
    """The ports from which policies keep the pods of a StatefulSet's own cluster, and the direction."""
    found = isolation(index)
    kept: list[tuple[Direction, Port]] = []
    for port in peer_ports(index, workload):
        if not found.comes_in(workload, workload, port):
            kept.append((INGRESS, port))
        elif not found.goes_out(workload, workload, port):
            kept.append(("Egress", port))
    return kept


def scrapes(index: Index) -> Iterator[Scrape]:
    """Everything that the monitors of the tree scrape."""
    for monitor in index.of_kind("ServiceMonitor"):
        endpoints = list(monitor.view.at("spec", "endpoints"))
        for service in selected_services(index, monitor) if endpoints else ():
            labels = service.view.at("spec", "selector").labels
            for workload in index.selected(service.namespace, labels) if labels else ():
                for endpoint in endpoints:
                    for port in _of_service(endpoint, service, workload):
                        yield Scrape(monitor, endpoint, workload, port)
    for monitor in index.of_kind("PodMonitor"):
        for workload in selected_pods(index, monitor):
            for endpoint in monitor.view.at("spec", "podMetricsEndpoints"):
                for port in _of_pods(endpoint, workload):
                    yield Scrape(monitor, endpoint, workload, port)


def _of_pods(endpoint: View, workload: Workload) -> Iterator[Port]:
    names = (endpoint["port"].text, endpoint["targetPort"].text)
    numbers = (endpoint["portNumber"].integer, endpoint["targetPort"].integer)
    for port in pod_ports(workload):
        if (port.name and port.name in names) or port.number in numbers:
            yield port


def _of_service(endpoint: View, service: Manifest, workload: Workload) -> Iterator[Port]:
    target = endpoint["targetPort"]
    if target:
        yield from (
            each for each in pod_ports(workload) if target.value in (each.name, each.number) and target.value
        )
        return
    for port in service.view.at("spec", "ports"):
        if endpoint["port"].text and port["name"].text == endpoint["port"].text:
            yield from target_ports(port, workload)


class Scraper:
    """Who scrapes, as far as the tree tells: the labels and the namespace of Prometheus' pods."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self._isolation: Isolation = isolation(index)
        self.labels: dict[str, str] = {}
        self.namespaces: set[str] = set()
        for workload in index.workloads:
            images = [each["image"].text.partition(":")[0] for each in workload.own.running]
            if any(each.endswith("/prometheus") for each in images):
                self.labels.update(workload.labels)
                self.namespaces.add(workload.manifest.namespace or DEFAULT_NAMESPACE)
        for policy in self._isolation.policies:
            for direction in DIRECTIONS:
                for entry in policy.entries(direction):
                    for peer in entry.peers:
                        self._learn(policy, peer)

    def _learn(self, policy: Policy, peer: Peer) -> None:
        """Takes the labels of a peer that is called prometheus."""
        labels = peer.who.labels
        if "prometheus" in labels.values():
            self.labels.update(labels)
            name = policy.namespace if peer.where is None else peer.where.labels.get(NAMESPACE_NAME)
            if name:
                self.namespaces.add(name)

    def comes_in(self, scrape: Scrape) -> bool:
        """Whether Prometheus may come to what is scraped."""
        if not self._isolation.is_isolated(scrape.workload, INGRESS):
            return True
        return any(
            not entry.peers or any(self._may_be(policy, peer) for peer in entry.peers)
            for policy, entry in self._isolation.admitting(scrape.workload, scrape.port)
        )

    def _may_be(self, policy: Policy, peer: Peer) -> bool:
        """Whether a peer may be Prometheus."""
        if peer.block is not None:
            return not self.labels
        if self.labels and not peer.who.is_met(self.labels):
            return False
        if peer.where is not None:
            homes = self.namespaces
            return not homes or any(self._isolation.may_match(peer.where, home) for home in homes)
        if self.namespaces:
            return policy.namespace in self.namespaces
        return not self._index.matched(policy.namespace, peer.view["podSelector"])
