"""Connections and exposures as lines of text, and as plain data."""

from collections.abc import Callable, Iterable, Iterator, Sequence

from tierpolicies.network.analysis.exposure import ENTIRE_CLUSTER, ExposedNetwork, Exposure
from tierpolicies.network.analysis.network import Connection
from tierpolicies.network.policies.policy import EGRESS, INGRESS, Direction
from tierpolicies.network.policies.ports import PortSpace


def connection_lines(space: PortSpace, connections: Iterable[Connection]) -> Iterator[str]:
    """`shop/web[Deployment] => shop/cart[Deployment] : TCP 8080`, a line a pair."""
    for source, destination, ports in connections:
        yield f"{source.name} => {destination.name} : {space.text(ports)}"


Wanted = Callable[[str, str], bool]
"""Whether a pair is asked about, by the names of its source and its destination."""


def everything(_source: str, _destination: str) -> bool:
    """Every pair is."""
    return True


def exposure_lines(network: ExposedNetwork, wanted: Wanted = everything) -> Iterator[str]:
    """To whom workloads are open that the tree does not show, first the ways out, then the ways in."""
    exposures = _exposures(network, wanted)
    unprotected = sorted(
        {
            f"{each.name} is not protected on {direction}"
            for each, direction in network.unprotected()
            if _is_wanted(wanted, each.name, direction, ENTIRE_CLUSTER)
        }
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


def _exposures(network: ExposedNetwork, wanted: Wanted) -> list[Exposure]:
    return [
        each
        for each in network.exposures()
        if _is_wanted(wanted, each.endpoint.name, each.direction, each.beyond)
    ]


def _is_wanted(wanted: Wanted, workload: str, direction: Direction, beyond: str) -> bool:
    return wanted(workload, beyond) if direction == EGRESS else wanted(beyond, workload)


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


def exposure_data(network: ExposedNetwork, wanted: Wanted = everything) -> list[dict[str, str]]:
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
        for each in _exposures(network, wanted)
    ]
