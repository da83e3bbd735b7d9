"""Connections and exposures as lines of text, and as plain data."""

from collections.abc import Iterable, Iterator, Sequence

from tierpolicies.network.analysis.exposure import ExposedNetwork, Exposure
from tierpolicies.network.analysis.network import Connection
from tierpolicies.network.policies.policy import EGRESS, INGRESS
from tierpolicies.network.policies.ports import PortSpace


def connection_lines(space: PortSpace, connections: Iterable[Connection]) -> Iterator[str]:
    """`shop/web[Deployment] => shop/cart[Deployment] : TCP 8080`, a line a pair."""
    for source, destination, ports in connections:
        yield f"{source.name} => {destination.name} : {space.text(ports)}"


def exposure_lines(network: ExposedNetwork) -> Iterator[str]:
    """To whom workloads are open that the tree does not show, first the ways out, then the ways in."""
    exposures = network.exposures()
    unprotected = sorted(
        {f"{each.name} is not protected on {direction}" for each, direction in network.unprotected()}
    )
    width = max((len(each.endpoint.name) for each in exposures), default=0)
    yield "Exposure Analysis Result:"
    egress = _sorted(exposures, EGRESS)
    if egress:
        yield "Egress Exposure:"
        yield from _lines(network.space, egress, width, "=>")
    ingress = _sorted(exposures, INGRESS)
    if ingress:
        yield from ([""] if egress else [])
        yield "Ingress Exposure:"
        yield from _lines(network.space, ingress, width, "<=")
    if unprotected:
        yield ""
        yield "Workloads not protected by network policies:"
        yield from unprotected


def _sorted(exposures: Iterable[Exposure], direction: str) -> list[Exposure]:
    wanted = (each for each in exposures if each.direction == direction)
    return sorted(wanted, key=lambda each: (each.endpoint.name, each.beyond))


def _lines(space: PortSpace, exposures: Sequence[Exposure], width: int, arrow: str) -> Iterator[str]:
    for each in exposures:
        yield f"{each.endpoint.name:<{width}} \t{arrow} \t{each.beyond} : {space.text(each.ports)}"


def connection_data(space: PortSpace, connections: Iterable[Connection]) -> list[dict[str, str]]:
    """Connections as JSON takes them."""
    return [
        {"source": source.name, "destination": destination.name, "ports": space.text(ports)}
        for source, destination, ports in connections
    ]


def exposure_data(network: ExposedNetwork) -> list[dict[str, str]]:
    """Exposures as JSON takes them; a direction that no policy is for is told by `protected`."""
    open_ = {(each.name, direction) for each, direction in network.unprotected()}
    return [
        {
            "workload": each.endpoint.name,
            "direction": each.direction,
            "beyond": each.beyond,
            "ports": network.space.text(each.ports),
            "protected": "no" if (each.endpoint.name, each.direction) in open_ else "yes",
        }
        for each in network.exposures()
    ]
