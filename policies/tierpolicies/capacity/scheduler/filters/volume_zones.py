"""VolumeBinding and VolumeZone: a volume is mounted in the zone that it lies in."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_REFUSED = Refusal(("node(s) had volume node affinity conflict",), "VolumeBinding", hopeless=True)


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods whose volumes lie nowhere yet."""
    bound = [set(each.zones) for each in cluster.templates[template].volumes if each.zones]
    if not bound:
        return None
    zones = set.intersection(*bound)
    return lambda node: None if cluster.nodes[node].zone in zones else _REFUSED
