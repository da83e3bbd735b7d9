"""Every scenario on every tier: the verdict, the nodes that it takes, and what those cost."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from tierpolicies.capacity.model.features import features
from tierpolicies.capacity.proof.decision import Answer, Verdict
from tierpolicies.capacity.scenarios import jobs, maxima, nodes_gone, updates
from tierpolicies.capacity.scenarios.budgets import budgets
from tierpolicies.capacity.scenarios.part import Part, is_good, parts
from tierpolicies.capacity.scenarios.pod_sets import PodSet, Unreadable, pod_sets, with_counts
from tierpolicies.capacity.scenarios.scenario import Scenario
from tierpolicies.capacity.scenarios.supply import UnknownPool, unknown
from tierpolicies.data.tables import prices
from tierpolicies.engine.index import Index
from tierpolicies.platform import Platform, Pool

MOST_NODES = 64
"""Beyond so many more nodes of a pool nobody asks what it takes."""
_ONE_BY_ONE = 4


@dataclass(frozen=True, slots=True)
class Row:
    """A scenario on a tier.

    `nodes` are the tier's nodes, `most_nodes` those it may have in this scenario. `nodes_needed` is the
    smallest number with which it fits, nothing where no number helps; `usd_month` is their price at the
    owner's figure, or by the price table of the region. `resource` names what is short, where that is one;
    `pending` are the workloads whose pods find no place, `sets` the keys of those that the scenario is about.
    """

    scenario: str
    title: str
    tier: str
    pool: str
    answer: Answer
    nodes: int
    most_nodes: int
    nodes_needed: int | None
    usd_month: float | None
    reason: str = ""
    resource: str = ""
    pending: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()

    @property
    def fits(self) -> bool:
        """Whether the scheduler finds a place for everything, with the nodes there may be."""
        return self.answer is Answer.FITS

    @property
    def must_fit(self) -> bool:
        """Whether a platform is broken where this does not fit: at rest, at a maximum, in an update, for a
        job.

        Not every tier has a node to spare, and two updates at once can wait for one another.
        """
        return self.scenario.partition(":")[0] in ("rest", "maximum", "update", "job")


@dataclass(frozen=True)
class Stage:
    """A platform ready to be tried: its parts, the scenarios there are, and what could not be counted."""

    platform: Platform
    sets: tuple[PodSet, ...]
    parts: tuple[Part, ...]
    unreadable: tuple[Unreadable, ...]
    unknown: tuple[UnknownPool, ...]

    def scenarios(self) -> Iterator[Scenario]:
        """All scenarios, at rest first."""
        yield from maxima.scenarios(self.parts)
        yield from updates.scenarios(self.parts)
        yield from jobs.scenarios(self.parts)
        yield from nodes_gone.scenarios(self.parts)


def stage(index: Index, platform: Platform, changes: Mapping[str, Mapping[str, int]] | None = None) -> Stage:
    """A platform with its manifests; `changes` are other numbers of pods by workload: `min`, `max`."""
    sets, unreadable = pod_sets(index, platform)
    for name, numbers in (changes or {}).items():
        sets = [
            with_counts(each, replicas=numbers.get("min"), most=numbers.get("max"))
            if each.name == name
            else each
            for each in sets
        ]
    namespaces = {each.name: each.labels for each in index.of_kind("Namespace")}
    guards = list(budgets(index, sets))
    found = parts(platform, sets, features(platform.kubernetes), namespaces, guards)
    return Stage(platform, tuple(sets), tuple(found), tuple(unreadable), tuple(unknown(platform)))


def table(stage: Stage, wanted: Iterable[Scenario]) -> list[Row]:
    """A row for each scenario and each tier that it is about."""
    return [
        row for scenario in wanted for part in scenario.parts for row in _rows(stage.platform, scenario, part)
    ]


def worst_pairs(rows: Sequence[Row]) -> list[Row]:
    """The rows without pairs of updates that are no worse than another pair on the same tier."""
    worst: dict[str, Row] = {}
    for row in rows:
        if row.scenario.startswith("updates:"):
            known = worst.get(row.tier)
            if known is None or _badness(row) > _badness(known):
                worst[row.tier] = row
    return [row for row in rows if not row.scenario.startswith("updates:") or worst[row.tier] is row]


def _badness(row: Row) -> tuple[int, int]:
    return list(Answer).index(row.answer), row.nodes_needed if row.nodes_needed is not None else MOST_NODES


def _rows(platform: Platform, scenario: Scenario, part: Part) -> Iterator[Row]:
    verdict = scenario.play(part, {})
    for name in part.tiers or ("",):
        tier = platform.tier(name)
        pool = platform.pool(tier) if tier is not None else (part.pools[0] if part.pools else None)
        most = (pool.max_nodes if scenario.may_grow else pool.nodes) if pool is not None else 0
        needed, grown = _needed(scenario, part, pool, verdict)
        if needed is not None and needed <= most:
            final = grown
        else:
            final = scenario.play(part, {pool.name: most - pool.nodes}) if pool is not None else verdict
        yield Row(
            scenario=scenario.name,
            title=scenario.title,
            tier=name,
            pool=pool.name if pool is not None else "",
            answer=final.answer,
            nodes=pool.nodes if pool is not None else 0,
            most_nodes=most,
            nodes_needed=needed,
            usd_month=_price(platform, pool, needed),
            reason=final.reason.sentence if final.reason is not None else "",
            resource=final.reason.resource if final.reason is not None else "",
            pending=tuple(workload for workload, _ in final.reason.pods) if final.reason is not None else (),
            sets=scenario.sets,
        )


def _needed(
    scenario: Scenario, part: Part, pool: Pool | None, verdict: Verdict
) -> tuple[int | None, Verdict]:
    """The smallest number of nodes of a pool with which a scenario fits, and the verdict then."""
    if pool is None or is_good(verdict):
        return (pool.nodes if pool is not None else None), verdict
    # No scenario fits where pods at rest do not, and none beats its sums: the search begins there.
    at_rest, least = _rest_needs(part, pool), part.least_more(pool, scenario.counts)
    if at_rest is None or least is None:
        return None, verdict
    more, verdict = _smallest(lambda count: scenario.play(part, {pool.name: count}), max(at_rest, least, 1))
    return (None if more is None else pool.nodes + more), verdict


def _rest_needs(part: Part, pool: Pool) -> int | None:
    """Nodes of a pool beyond those there are that pods at rest take."""
    if is_good(part.rest({})):
        return 0
    least = part.least_more(pool, {})
    if least is None:
        return None
    return _smallest(lambda count: part.rest({pool.name: count}), max(least, 1))[0]


def _smallest(play: Callable[[int], Verdict], begin: int) -> tuple[int | None, Verdict]:
    """The smallest number of further nodes with which it fits, and the verdict then.

    The first ones are tried one by one. Beyond them the steps double, and the last one is halved again and
    again: what fits on some nodes fits on more.
    """
    good: tuple[int, Verdict] | None = None
    bad, step = begin - 1, 1
    while good is None:
        count = bad + step
        verdict = play(count)
        if is_good(verdict):
            good = count, verdict
        elif count >= MOST_NODES or not _helps(verdict):
            return None, verdict
        else:
            bad = count
            step = step * 2 if count - begin >= _ONE_BY_ONE else 1
            step = min(step, MOST_NODES - bad)
    while good[0] - bad > 1:
        middle = (good[0] + bad) // 2
        verdict = play(middle)
        if is_good(verdict):
            good = middle, verdict
        else:
            bad = middle
    return good


def _helps(verdict: Verdict) -> bool:
    """Whether more nodes of the same kind could help at all."""
    return verdict.reason is None or verdict.reason.grows


def _price(platform: Platform, pool: Pool | None, count: int | None) -> float | None:
    if pool is None or count is None:
        return None
    if pool.usd_month is not None:
        return pool.usd_month * count
    table_ = prices(platform.region)
    price = table_.node_month(pool.instance) if table_ is not None else None
    return None if price is None else price * count
