"""CPU credits of burstable instances, were everything used that is requested, all day long.

Such an instance earns credits for a share of its processors, and what it uses beyond that is paid for as
surplus.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierpolicies.capacity.scenarios.filled import Filled
from tierpolicies.data.tables import HOURS_MONTH, instances, surplus_vcpu_hour
from tierpolicies.platform import Platform, Pool


@dataclass(frozen=True, slots=True)
class Credits:
    """A node's requests beyond what earns its credits, in millicores, and what they cost as surplus a month.

    `balance_milli` is negative where credits are left over. The price is nothing where no table has it.
    """

    node: str
    pool: Pool
    requested_milli: int
    baseline_milli: int
    usd_month: float | None

    @property
    def balance_milli(self) -> int:
        """What is used beyond the share that earns credits."""
        return self.requested_milli - self.baseline_milli


def credits_of(platform: Platform, nodes: Iterable[Filled]) -> Iterator[Credits]:
    """The nodes of burstable types."""
    pools = {pool.name: pool for pool in platform.pools}
    price = surplus_vcpu_hour()
    for each in nodes:
        pool = pools[each.node.pool]
        instance = instances().get(pool.instance)
        if instance is None or instance.baseline_milli is None:
            continue
        requested = each.requested.cpu_milli
        over = max(requested - instance.baseline_milli, 0)
        cost = None if price is None else round(over / 1000 * HOURS_MONTH * price, 2)
        yield Credits(each.node.name, pool, requested, instance.baseline_milli, cost)
