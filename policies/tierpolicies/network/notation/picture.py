"""The network at a glance, for reports: who reaches whom, and what is open to the internet."""

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.addresses import parsed
from tierpolicies.network.policies.policy import EGRESS, INGRESS, Direction
from tierpolicies.network.policies.ports import PortSpace
from tierpolicies.network.topology.endpoints import Endpoint

INTERNET = "the internet"
_PRIVATE = (
    *("10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16"),
    *("::1/128", "fc00::/7", "fe80::/10"),
)
"""Addresses that no packet from the internet has (RFC 1918, 3927, 4193, 4291, 6598)."""


class Reach(NamedTuple):
    """Who reaches whom on which ports, by the names that people use."""

    source: str
    destination: str
    ports: str


class Picture(NamedTuple):
    """All connected pairs, in order; `led` are those whom Ingresses, routes and Services lead requests to."""

    reaches: tuple[Reach, ...] = ()
    led: tuple[Reach, ...] = ()

    @property
    def from_internet(self) -> list[Reach]:
        """Who may be reached from any address of the internet, as far as policies go."""
        return [each for each in self.reaches if each.source == INTERNET]

    @property
    def to_internet(self) -> list[Reach]:
        """Who may call the internet."""
        return [each for each in self.reaches if each.destination == INTERNET]


def picture(network: Network) -> Picture:
    """The picture of a network; addresses of the internet are one, private ones stand in their ranges.

    Pairs of which nobody knows the policies, as those of components in namespaces of others, are left out.
    """
    open_: dict[tuple[str, str], int] = defaultdict(int)
    for source, destination, ports in network.connections():
        if _is_known(network, source, EGRESS) or _is_known(network, destination, INGRESS):
            open_[told(source), told(destination)] |= ports
    reaches = (Reach(*pair, network.space.text(ports)) for pair, ports in sorted(open_.items()))
    return Picture(tuple(reaches), tuple(dict.fromkeys(_led(network))))


def _is_known(network: Network, end: Endpoint, direction: Direction) -> bool:
    """Whether the tree holds the pods, or a policy for them."""
    return end.workload is not None or (not end.is_outside and bool(network.policies_of(end, direction)))


def told(end: Endpoint) -> str:
    """`shop/web`; of addresses the range, or that they are the internet's."""
    if end.block is None:
        return f"{end.namespace}/{end.short_name}" if end.workload or end.labels else end.name.strip("{}")
    is_private = any(each is not None and each.holds(end.block) for each in map(parsed, _PRIVATE))
    return str(end.block) if is_private else INTERNET


def _led(network: Network) -> Iterator[Reach]:
    for entrance in network.entrances:
        by = entrance.by
        ports = 0
        for port in entrance.ports:
            ports |= network.space.of("TCP", port)
        if ports:
            yield Reach(f"{by.kind} {by.name}", told(entrance.endpoint), network.space.text(ports))
    for service, endpoint, ranges in network.publications:
        known = PortSpace(ranges)
        ports = 0
        for each in ranges:
            ports |= known.of(*each)
        if ports:
            yield Reach(f"{service.kind} {service.name}", told(endpoint), known.text(ports))
