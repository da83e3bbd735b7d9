"""What rolling updates add to a pool of nodes before anything goes."""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.capacity.demand import consumers, pools_of, total
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.resources import Resources
from tierpolicies.engine.index import Index
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Platform
from tierpolicies.workloads.rollout import rollout


@dataclass(frozen=True, slots=True)
class Rolling:
    """A pool, what is free on it at rest, and the pods that updates add first, one of each workload."""

    pool: str
    free: Resources
    pods: tuple[tuple[Workload, Resources], ...]


def rolling(index: Index, platform: Platform | None) -> Iterator[Rolling]:
    """The pools that have room at rest, with the updates that can go nowhere else.

    What is free on several nodes is taken together: a pod may still fit none of them.
    """
    for pool in platform.pools if platform is not None else ():
        node = allocatable(pool)
        if node is None or platform is None:
            continue
        everybody = [each for each in consumers(index, platform, pool) if not each.finishes]
        free = node * pool.nodes - total(everybody, nodes=pool.nodes)
        if Resources() <= free:
            pods = (
                (each.workload, each.request)
                for each in everybody
                if each.workload is not None and _adds(each.workload, platform)
            )
            yield Rolling(pool.name, free, tuple(pods))


def _adds(workload: Workload, platform: Platform) -> bool:
    """Whether an update adds a pod first that can go to one pool only."""
    has_updates = workload.replicas > 0 and rollout(workload).needs_room
    return has_updates and len(pools_of(workload.pod, platform)) == 1
