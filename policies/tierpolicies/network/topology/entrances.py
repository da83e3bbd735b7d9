"""Which pods an Ingress or a route leads requests to, and to which of their ports."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.ingress import backends
from tierpolicies.network.policies.ports import Range
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.listening import target_ports

_GATEWAY_ROUTES = ("GRPCRoute", "HTTPRoute", "TCPRoute", "TLSRoute")


class Entrance(NamedTuple):
    """An object that leads to a Service, and the TCP ports of one endpoint that this comes to."""

    by: Manifest
    service: str
    endpoint: Endpoint
    ports: tuple[int, ...]

    @property
    def allowing(self) -> str:
        """Why its ports are open, told."""
        return f"{self._prefix} allows ingress connections through service {self.service}"

    @property
    def not_matching(self) -> str:
        """Why others are not, told."""
        told = "but the protocols and ports do not match"
        return f"{self._prefix} allows ingress to service {self.service}, {told}"

    @property
    def _prefix(self) -> str:
        return f"{self.by.kind} '{self.by.namespace or DEFAULT_NAMESPACE}/{self.by.name}'"


class Publication(NamedTuple):
    """A Service that opens ports of an endpoint to whoever reaches a load balancer or a node."""

    by: Manifest
    endpoint: Endpoint
    ports: tuple[Range, ...]


class _Backend(NamedTuple):
    by: Manifest
    namespace: str
    service: str
    port: str | int | None


def entrances(index: Index, endpoints: Sequence[Endpoint]) -> Iterator[Entrance]:
    """Everything that Ingresses and routes of the tree lead to."""
    wanted = [*_of_ingresses(index), *_of_routes(index), *_of_gateways(index)]
    behind = _behind(index, endpoints) if wanted else {}
    for backend in wanted:
        service = index.find("Service", backend.service, backend.namespace)
        if service is None:
            continue
        for endpoint in behind.get(id(service), ()):
            targets = _targets(service.view.at("spec", "ports"), backend, endpoint)
            yield Entrance(backend.by, backend.service, endpoint, tuple(targets))


def publications(index: Index, endpoints: Sequence[Endpoint]) -> Iterator[Publication]:
    """Everything that Services publish by themselves, without an Ingress."""
    published = [each for each in index.of_kind("Service") if _is_published(each.view["spec"])]
    behind = _behind(index, endpoints) if published else {}
    for service in published:
        for endpoint in behind.get(id(service), ()):
            if endpoint.workload is not None:
                targets = (
                    each
                    for port in service.view.at("spec", "ports")
                    for each in target_ports(port, endpoint.workload)
                )
                ports = {Range(each.protocol, each.number, each.number) for each in targets}
                yield Publication(service, endpoint, tuple(sorted(ports)))


def _is_published(spec: View) -> bool:
    return spec["type"].text in ("LoadBalancer", "NodePort") or any(spec["externalIPs"])


def _of_ingresses(index: Index) -> Iterator[_Backend]:
    for each in backends(index):
        if each.name.text:
            home = each.ingress.namespace or DEFAULT_NAMESPACE
            yield _Backend(each.ingress, home, each.name.text, _port(each.port))


def _of_routes(index: Index) -> Iterator[_Backend]:
    """Those of OpenShift's Routes."""
    for route in index.of_kind("Route"):
        spec = route.view["spec"]
        for target in (spec["to"], *spec["alternateBackends"]):
            if target["kind"].text in ("", "Service") and target["name"].text:
                port = _port(spec.at("port", "targetPort"))
                yield _Backend(route, route.namespace or DEFAULT_NAMESPACE, target["name"].text, port)


def _of_gateways(index: Index) -> Iterator[_Backend]:
    for route in index.of_kind(*_GATEWAY_ROUTES):
        for rule in route.view.at("spec", "rules"):
            mirrors = (each.at("requestMirror", "backendRef") for each in rule["filters"])
            for target in (*rule["backendRefs"], *mirrors):
                if target["kind"].text in ("", "Service") and target["name"].text:
                    home = target["namespace"].text or route.namespace or DEFAULT_NAMESPACE
                    yield _Backend(route, home, target["name"].text, _port(target["port"]))


def _behind(index: Index, endpoints: Sequence[Endpoint]) -> Mapping[int, list[Endpoint]]:
    """The endpoints that each Service selects."""
    at_home: dict[str, list[Endpoint]] = defaultdict(list)
    for each in endpoints:
        if each.workload is not None:
            at_home[each.namespace].append(each)
    found: dict[int, list[Endpoint]] = {}
    for service in index.of_kind("Service"):
        labels = service.view.at("spec", "selector").labels
        if labels:
            home = service.namespace or DEFAULT_NAMESPACE
            found[id(service)] = [each for each in at_home[home] if labels.items() <= each.labels.items()]
    return found


def _targets(service_ports: View, backend: _Backend, endpoint: Endpoint) -> Iterator[int]:
    """The TCP ports of an endpoint behind a port of a Service, told by name, number or target; all for none.

    An Ingress names no target. A port that no container declares is nobody's.
    """
    if endpoint.workload is None:
        return
    wanted = backend.port
    names_target = isinstance(wanted, int) or backend.by.kind != "Ingress"
    open_ = {port.first for port in endpoint.listening}
    for port in service_ports:
        known = (port["name"].text, port["port"].integer, _port(port["targetPort"]) if names_target else None)
        if wanted is None or wanted in known:
            for each in target_ports(port, endpoint.workload):
                if each.protocol == "TCP" and each.number in open_:
                    yield each.number
            if wanted is not None:
                return


def _port(view: View) -> str | int | None:
    """A port as it is written: a name, a number, or nothing."""
    return view.text or view.integer
