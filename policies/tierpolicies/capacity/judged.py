"""The capacity of what is judged: worked out once, for all rules and for the report."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierpolicies.capacity.money.credits import Credits, credits_of
from tierpolicies.capacity.pools import subject
from tierpolicies.capacity.scenarios.filled import Filled, filled
from tierpolicies.capacity.scenarios.pod_sets import key_of
from tierpolicies.capacity.scenarios.table import Row, Stage, stage, table, worst_pairs
from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.context import Context
from tierpolicies.engine.workload import Workload
from tierpolicies.platform import Place, Platform


@dataclass(frozen=True)
class Capacity:
    """Every scenario by tier, the nodes at rest with what is on them, and their CPU credits."""

    rows: tuple[Row, ...]
    nodes: tuple[Filled, ...]
    credits: tuple[Credits, ...]

    def of(self, word: str) -> Iterator[Row]:
        """The rows of scenarios whose name begins with a word, such as `drain`."""
        return (row for row in self.rows if row.scenario.partition(":")[0] == word)

    def beside(self, word: str) -> Iterator[Row]:
        """The rows of a word that fail although all is well at rest, for a part of several tiers once."""
        crowded = {row.pool for row in self.of("rest") if not row.fits}
        seen: set[tuple[str, tuple[str, ...]]] = set()
        for row in self.of(word):
            key = row.scenario, row.sets
            if not row.fits and row.pool not in crowded and key not in seen:
                seen.add(key)
                yield row


def capacity(context: Context) -> Capacity | None:
    """The capacity of a context with a platform whose pools are all of a known size."""
    if context.platform is None or not context.platform.pools:
        return None
    tried = stage(context.index, context.platform)
    if tried.unknown:
        return None  # budget/tier-requests asks for the size
    return of_stage(tried)


def of_stage(tried: Stage) -> Capacity:
    """The capacity of a platform."""
    nodes = tuple(node for part in tried.parts if part.tiers for node in filled(part))
    rows = worst_pairs(table(tried, tried.scenarios()))
    return Capacity(tuple(rows), nodes, tuple(credits_of(tried.platform, nodes)))


def about(platform: Platform, rows: Iterable[Row]) -> Iterator[tuple[Row, Subject, Place | None]]:
    """Rows with whom a fault of theirs is about and where that is described: a pool that tiers share but
    once."""
    seen = set()
    pools = {pool.name: pool for pool in platform.pools}
    for row in rows:
        pool = pools.get(row.pool)
        if pool is not None and (row.scenario, row.pool) not in seen:
            seen.add((row.scenario, row.pool))
            yield row, subject(platform, pool), pool.source


def workloads_of(context: Context, row: Row) -> list[Workload]:
    """The workloads that a row's scenario is about."""
    known = context.once(_by_key)
    return [known[key] for key in row.sets if key in known]


def _by_key(context: Context) -> dict[str, Workload]:
    return {key_of(each): each for each in context.index.workloads}


def takes(row: Row) -> str:
    """How many nodes it would take, and what those cost."""
    if row.nodes_needed is None:
        return ""
    price = "" if row.usd_month is None else f", ${row.usd_month:g} a month"
    return f"; it takes {row.nodes_needed} nodes{price}"
