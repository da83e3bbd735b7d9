"""The nodes of a platform's pools."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from tierpolicies.capacity.model.node import HOST, Node
from tierpolicies.capacity.model.requests import ATTACHED, CPU, MEMORY, STORAGE
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.data.tables import instances
from tierpolicies.engine.suggestion import nearest
from tierpolicies.platform import Platform, Pool

POOL = "tierwright.pool"
"""A label that nodes get here, by which pods without a manifest are pinned to their pool."""
_GIB = 2**30
_PODS = 110
_UNLIMITED = 2**62


@dataclass(frozen=True, slots=True)
class UnknownPool:
    """A pool of nodes whose size nobody knows."""

    pool: Pool
    message: str


def unknown(platform: Platform) -> Iterator[UnknownPool]:
    """The pools whose instance type is in no table and that do not say their size."""
    for pool in platform.pools:
        if allocatable(pool) is None:
            hint = nearest(pool.instance, instances())
            yield UnknownPool(
                pool, f"the capacity of {pool.instance!r} is not known{hint}: give its CPU and memory"
            )


def nodes(platform: Platform, counts: Mapping[str, int] | None = None) -> list[Node]:
    """All nodes, as many of each pool as it has, or as `counts` says; none of a pool of unknown size."""
    counts = counts or {}
    return [node for pool in platform.pools for node in pool_nodes(pool, counts.get(pool.name, pool.nodes))]


def pool_nodes(pool: Pool, count: int) -> Iterator[Node]:
    """Equal nodes: called as the pool where there is one, else with a number."""
    room = allocatable(pool)
    if room is None:
        return
    instance = instances().get(pool.instance)
    given = {
        CPU: room.cpu_milli,
        MEMORY: room.memory_bytes,
        # A tenth of the node's file system is the kubelet's eviction threshold.
        STORAGE: pool.disk_gib * _GIB * 9 // 10 if pool.disk_gib else _UNLIMITED,
        ATTACHED: instance.volumes if instance is not None else _UNLIMITED,
    }
    most = pool.max_pods or (instance.pods if instance is not None else _PODS)
    for number in range(1, count + 1):
        name = pool.name if number == 1 else f"{pool.name}-{number}"
        yield Node(
            name=name,
            allocatable=given,
            pods=most,
            labels={HOST: name, **pool.labels, POOL: pool.name},
            taints=pool.taints,
            volumes=instance.volumes if instance is not None else None,
            pool=pool.name,
        )
