"""NodePorts: a port of the node is taken once for each protocol and address."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_REFUSED = Refusal(("node(s) didn't have free ports for the requested pod ports",), "NodePorts")
_ALL = "0.0.0.0"  # noqa: S104 (how Kubernetes writes all addresses)


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods that take no port of the node."""
    wanted = cluster.templates[template].ports
    if not wanted:
        return None

    def check(node: int) -> Refusal | None:
        taken = cluster.ports[node]
        for port in wanted:
            for address in taken.get((port.protocol, port.port), ()):
                if _ALL in (address, port.address) or address == port.address:
                    return _REFUSED
        return None

    return check
