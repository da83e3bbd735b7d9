"""NodeVolumeLimits: a node attaches so many volumes, each counted once."""

from collections.abc import Callable

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_REFUSED = Refusal(("node(s) exceed max volume count",), "NodeVolumeLimits")


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods without a volume."""
    claims = {each.claim for each in cluster.templates[template].volumes}
    if not claims:
        return None

    def check(node: int) -> Refusal | None:
        most, mounted = cluster.nodes[node].volumes, cluster.volumes[node]
        if most is None:
            return None
        new = sum(claim not in mounted for claim in claims)
        return _REFUSED if new and len(mounted) + new > most else None

    return check
