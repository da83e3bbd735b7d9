"""NodeResourcesFit: what a pod requests is there, and the node takes one pod more."""

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from tierpolicies.capacity.model.requests import ATTACHED
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_PLUGIN = "NodeResourcesFit"
_TOO_MANY_VOLUMES = "node(s) exceed max volume count"


class Shortage(NamedTuple):
    """A resource that a node lacks, with what is requested, used and there at all."""

    resource: str
    requested: int
    used: int
    allocatable: int


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None]:
    """The filter, which concerns every pod."""
    needs, places, free = cluster.needs[template], cluster.places, cluster.free
    capacity, knows_hopeless = cluster.capacity, cluster.features.knows_hopeless

    def check(node: int) -> Refusal | None:
        left = free[node]
        missing = 0
        hopeless = False
        if places[node] <= 0:
            missing = 1
        for resource, amount in needs:
            if amount > left[resource]:
                missing |= 2 << resource
                hopeless = hopeless or (knows_hopeless and amount > capacity[node][resource])
        return _refusal(cluster.resources, missing, hopeless) if missing else None

    return check


def shortages(cluster: Cluster, template: int, node: int) -> list[Shortage]:
    """What a node lacks for one more pod of a template."""
    found = []
    count = sum(cluster.held[node].values())
    if cluster.places[node] <= 0:
        found.append(Shortage("pods", 1, count, cluster.places[node] + count))
    for resource, amount in cluster.needs[template]:
        left, most = cluster.free[node][resource], cluster.capacity[node][resource]
        if amount > left:
            found.append(Shortage(cluster.resources[resource], amount, most - left, most))
    return found


@cache
def _refusal(resources: tuple[str, ...], missing: int, hopeless: bool) -> Refusal:
    """The refusal for a set of bits: the first for the number of pods, then one a resource."""
    reasons = ["Too many pods"] if missing & 1 else []
    short = [name for index, name in enumerate(resources) if missing & (2 << index)]
    reasons += [_TOO_MANY_VOLUMES if name == ATTACHED else f"Insufficient {name}" for name in short]
    return Refusal(tuple(reasons), _PLUGIN, hopeless)
