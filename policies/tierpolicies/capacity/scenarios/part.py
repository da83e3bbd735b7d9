"""The parts of a platform that share no node: what happens in one is nothing to the others."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.node import ZONE, Node
from tierpolicies.capacity.model.pod import Pod, Template
from tierpolicies.capacity.model.requests import ATTACHED
from tierpolicies.capacity.model.selectors import Requirement
from tierpolicies.capacity.proof.decision import STEPS, Answer, Verdict, decide
from tierpolicies.capacity.scenarios.budgets import Budget
from tierpolicies.capacity.scenarios.pod_sets import PodSet
from tierpolicies.capacity.scenarios.supply import pool_nodes
from tierpolicies.capacity.scheduler.simulation import Scheduler
from tierpolicies.platform import Platform, Pool

_PODS = "pods"
RUNS = 6
"""Runs of the scheduler for one verdict, each with another order of arrival and other dice."""
_LARGE = 300
"""Pods beyond which a verdict rests on two runs and on a tenth of the search's steps: a check has hundreds of
verdicts to give, and must end within seconds."""


@dataclass
class Part:
    """Pools, and the sets of pods that may go to them and to no others.

    `pool` is the one that grows where there are several: that of the part's first tier.
    """

    pools: tuple[Pool, ...]
    sets: tuple[PodSet, ...]
    features: Features
    namespaces: Mapping[str, Mapping[str, str]]
    budgets: tuple[Budget, ...] = ()
    tiers: tuple[str, ...] = ()
    _rest: dict[tuple[tuple[str, int], ...], Verdict] = field(default_factory=dict)
    _nodes: dict[tuple[tuple[str, int], ...], list[Node]] = field(default_factory=dict)

    def nodes(self, more: Mapping[str, int]) -> list[Node]:
        """Its nodes, with so many more of each pool."""
        key = tuple(sorted(more.items()))
        if key not in self._nodes:
            self._nodes[key] = [
                node for pool in self.pools for node in pool_nodes(pool, pool.nodes + more.get(pool.name, 0))
            ]
        return self._nodes[key]

    def daemons(self, nodes: Sequence[Node]) -> Iterator[Pod]:
        """The pods that every node brings along, placed."""
        for each in self.sets:
            if each.per_node:
                for node in nodes:
                    if each.admits(node):
                        yield Pod(f"{each.name}-{node.name}", each.template, node.name, workload=each.name)

    def lasting(self) -> Iterator[PodSet]:
        """The sets that are there at rest and go where the scheduler puts them."""
        return (each for each in self.sets if not each.per_node and not each.finishes)

    def scheduler(self, nodes: Sequence[Node], pods: Iterable[Pod]) -> Scheduler:
        """The scheduler with what every node carries, and these pods."""
        return Scheduler(
            nodes,
            [*self.daemons(nodes), *pods],
            features=self.features,
            namespaces=self.namespaces,
            budgets=self._guarded,
        )

    @cached_property
    def _guarded(self) -> list[tuple[frozenset[Template], int]]:
        """What each budget selects, and how many of that must run."""
        counts = {each.key: each.replicas for each in self.sets}
        return [
            (
                frozenset(each.template for each in self.sets if each.key in budget.sets),
                budget.healthy(counts),
            )
            for budget in self.budgets
        ]

    def from_nothing(self, nodes: Sequence[Node], counts: Mapping[str, int]) -> tuple[Scheduler, Verdict]:
        """The verdict where all pods are yet to be placed, as many of each set as `counts` says or at
        rest."""
        pods = (pod for each in self.lasting() for pod in each.pods(counts.get(each.key, each.replicas)))
        scheduler = self.scheduler(nodes, pods)
        return scheduler, decided(scheduler)

    def least_more(self, pool: Pool, counts: Mapping[str, int]) -> int | None:
        """Nodes of a pool that pods at rest, or so many of some sets, take beyond those there are, by sums
        alone: no placement needs fewer. Nothing where no number would do."""
        wanted: Counter[str] = Counter()
        for each in self.lasting():
            count = counts.get(each.key, each.replicas)
            wanted[_PODS] += count
            for resource, amount in each.template.request:
                wanted[resource] += amount * count
        for node in self.nodes({}):
            wanted.subtract(self._left_by_daemons(node))
        one = next(pool_nodes(pool, 1), None)
        given = self._left_by_daemons(one) if one is not None else Counter[str]()
        short = {resource: amount for resource, amount in wanted.items() if amount > 0}
        if any(given[resource] <= 0 for resource in short):
            return None
        return max((-(-amount // given[resource]) for resource, amount in short.items()), default=0)

    def _left_by_daemons(self, node: Node) -> Counter[str]:
        """What a node has for pods that choose theirs."""
        left = Counter({**node.allocatable, _PODS: node.pods})
        for each in self.sets:
            if each.per_node and each.admits(node):
                left[_PODS] -= 1
                left.subtract(dict(each.template.request))
        return left

    def rest(self, more: Mapping[str, int]) -> Verdict:
        """The verdict at rest, with so many more nodes; its placement is where everything else begins."""
        key = tuple(sorted(more.items()))
        if key not in self._rest:
            self._rest[key] = self.from_nothing(self.nodes(more), {})[1]
        return self._rest[key]

    def resting(self, more: Mapping[str, int]) -> list[Pod]:
        """The pods at rest with their nodes, without those that every node carries."""
        nodes = self.nodes(more)
        placement = self.rest(more).placement
        first = sum(1 for _ in self.daemons(nodes))
        pods = [pod for each in self.lasting() for pod in each.pods(each.replicas)]
        return [replace(pod, node=placement.get(first + number, "")) for number, pod in enumerate(pods)]

    def again(self, pod: Pod, nodes: Sequence[Node]) -> Pod:
        """A pod that lost its node: it has no place, but its volumes keep it to their zone."""
        zone = next((node.zone for node in nodes if node.name == pod.node), "")
        template = pod.template
        if zone and ATTACHED in dict(template.request):
            pinned = (*template.node_selector, Requirement(ZONE, "In", (zone,)))
            template = replace(template, node_selector=pinned)
        return replace(pod, node="", template=template)


def decided(scheduler: Scheduler) -> Verdict:
    """The verdict on a scenario, with the pains that its size allows."""
    is_large = len(scheduler.pods) > _LARGE
    return decide(scheduler, runs=2 if is_large else RUNS, steps=STEPS // 10 if is_large else STEPS)


def parts(
    platform: Platform,
    sets: Sequence[PodSet],
    features: Features,
    namespaces: Mapping[str, Mapping[str, str]],
    budgets: Sequence[Budget] = (),
) -> list[Part]:
    """The parts of a platform, by the order of its tiers; what may go nowhere is a part without nodes."""
    reach = {each.key: _pools_of(each, platform.pools) for each in sets if not each.per_node}
    groups: list[set[str]] = [{pool.name} for pool in platform.pools]
    for names in reach.values():
        touched = [group for group in groups if group & names]
        if len(touched) > 1:
            groups = [group for group in groups if group not in touched] + [set().union(*touched)]
    found = []
    order = {pool.name: number for number, pool in enumerate(platform.pools)}
    for group in sorted(groups, key=lambda names: min(order[name] for name in names)):
        pools = tuple(pool for pool in platform.pools if pool.name in group)
        inside = tuple(
            each
            for each in sets
            if (each.per_node and _pools_of(each, pools)) or reach.get(each.key, set()) & group
        )
        tiers = sorted((tier for tier in platform.tiers if tier.pool in group), key=lambda tier: tier.number)
        keys = {each.key for each in inside}
        found.append(
            Part(pools, inside, features, namespaces, tuple(b for b in budgets if b.sets & keys),
                 tuple(tier.name for tier in tiers))
        )  # fmt: skip
    homeless = tuple(each for each in sets if not each.per_node and not reach[each.key])
    if homeless:
        found.append(Part(platform.pools, homeless, features, namespaces))
    return found


def _pools_of(each: PodSet, pools: Iterable[Pool]) -> set[str]:
    """The pools that a set's pods may go to, by labels and taints."""
    return {pool.name for pool in pools if any(each.admits(node) for node in pool_nodes(pool, 1))}


def is_good(verdict: Verdict) -> bool:
    """Whether a placement exists."""
    return verdict.answer in (Answer.FITS, Answer.ON_PAPER)
