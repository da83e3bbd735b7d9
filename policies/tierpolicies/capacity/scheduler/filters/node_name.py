"""NodeName: a pod that names its node goes nowhere else."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_REFUSED = Refusal(("node(s) didn't match the requested node name",), "NodeName", hopeless=True)


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods that name no node."""
    name = cluster.templates[template].node_name
    if not name:
        return None
    return lambda node: None if cluster.nodes[node].name == name else _REFUSED
