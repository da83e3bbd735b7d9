"""A row for each tier: what its nodes give, what is asked of them, and what they cost."""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.capacity.demand import consumers, total
from tierpolicies.capacity.nodes import allocatable
from tierpolicies.capacity.resources import Resources
from tierpolicies.engine.index import Index
from tierpolicies.platform import Platform


@dataclass(frozen=True, slots=True)
class TierRow:
    """A tier at rest.

    Tiers that share a pool show its nodes and its free resources each, and their own requests;
    what belongs to no tier (DaemonSets, per-node pods) counts for each. `capacity` and `free` are
    nothing where the instance type is unknown; `usd_month` is the owner's price of the nodes.
    """

    number: int
    name: str
    pool: str
    nodes: int
    capacity: Resources | None
    requested: Resources
    free: Resources | None
    pods: int
    usd_month: float | None


def tier_rows(index: Index, platform: Platform) -> Iterator[TierRow]:
    """One row a tier, by number."""
    for tier in sorted(platform.tiers, key=lambda tier: tier.number):
        pool = platform.pool(tier)
        if pool is None:
            continue
        everybody = [each for each in consumers(index, platform, pool) if not each.finishes]
        own = [each for each in everybody if each.tier in (tier.name, "")]
        node = allocatable(pool)
        capacity = node * pool.nodes if node is not None else None
        asked = total(everybody, nodes=pool.nodes)
        yield TierRow(
            number=tier.number,
            name=tier.name,
            pool=pool.name,
            nodes=pool.nodes,
            capacity=capacity,
            requested=total(own, nodes=pool.nodes),
            free=capacity - asked if capacity is not None else None,
            pods=sum(each.pods(pool.nodes) for each in own),
            usd_month=None if pool.usd_month is None else pool.usd_month * pool.nodes,
        )
