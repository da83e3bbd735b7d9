"""DefaultPreemption: which pods of less priority would have to go, and from which node.

Source: pkg/scheduler/framework/plugins/defaultpreemption and framework/preemption. All pods of less
priority are taken away; then as many as possible are spared, first those whose going would break a
PodDisruptionBudget, each time the most important first.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from tierpolicies.capacity.scheduler.assessment import Assessment
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal, told

_PLUGIN = "DefaultPreemption"
_HOPELESS = Refusal(("Preemption is not helpful for scheduling",), _PLUGIN)
_NO_VICTIMS = Refusal(("No preemption victims found for incoming pod",), _PLUGIN)
_OFFSET = 2**31  # makes sums of negative priorities comparable, as the scheduler does


class Running(NamedTuple):
    """A pod that runs: its number, its template and its place in the order of starting."""

    pod: int
    template: int
    started: int


class Candidate(NamedTuple):
    """A node, the pods that would have to leave it, and how many of those a budget would rather keep."""

    node: int
    victims: tuple[Running, ...]
    violations: int = 0


class Guard(NamedTuple):
    """A PodDisruptionBudget: the pods that it selects, by number, and how many of them must run."""

    pods: frozenset[int]
    least: int


class Present(NamedTuple):
    """The pods that run, by their node, and the budgets over them."""

    by_node: Mapping[int, Iterable[Running]]
    guards: Sequence[Guard] = ()


def candidate(
    cluster: Cluster,
    template: int,
    assessment: Assessment,
    refusals: Sequence[Refusal | None],
    present: Present,
) -> Candidate | str:
    """The node from which the least important pods would go; or why there is none, in the scheduler's words.

    `refusals` are those of all nodes.
    """
    if not cluster.templates[template].preempts:
        return "not eligible due to preemptionPolicy=Never."
    found: list[Candidate] = []
    reasons: list[Refusal] = []
    for node, refusal in enumerate(refusals):
        if refusal is None or refusal.hopeless:
            reasons.append(_HOPELESS)
            continue
        wanted = _on_node(cluster, template, assessment, node, present)
        if isinstance(wanted, Refusal):
            reasons.append(wanted)
        else:
            found.append(wanted)
    if not found:
        return told(reasons, len(cluster.nodes))
    return min(found, key=lambda each: _cost(cluster, each))


def _on_node(
    cluster: Cluster,
    template: int,
    assessment: Assessment,
    node: int,
    present: Present,
) -> Candidate | Refusal:
    priority = cluster.templates[template].priority
    running = present.by_node.get(node, ())
    lower = [each for each in running if cluster.templates[each.template].priority < priority]
    if not lower:
        return _NO_VICTIMS
    lower.sort(key=lambda each: (-cluster.templates[each.template].priority, each.started))
    violating = _violating(lower, present)
    for each in lower:
        cluster.place(each.template, node, -1)
    refusal = assessment.refusal(node)
    victims = []
    for each in sorted(lower, key=lambda each: each.pod not in violating):
        cluster.place(each.template, node)
        if refusal is None and assessment.refusal(node) is not None:
            cluster.place(each.template, node, -1)
            victims.append(each)
    for each in victims:
        cluster.place(each.template, node)
    if refusal is not None:
        return refusal
    return Candidate(node, tuple(victims), sum(each.pod in violating for each in victims))


def _violating(lower: Sequence[Running], present: Present) -> set[int]:
    """The pods with which a budget would be broken, were all of these to go one after the other."""
    found: set[int] = set()
    for guard in present.guards:
        guarded = [each.pod for each in lower if each.pod in guard.pods]
        if guarded:
            runs = sum(each.pod in guard.pods for running in present.by_node.values() for each in running)
            found.update(guarded[max(runs - guard.least, 0) :])
    return found


def _cost(cluster: Cluster, each: Candidate) -> tuple[int, int, int, int, int]:
    """Budgets that are broken, the highest priority that goes, the sum, the number; then the one whose most
    important started last."""
    priorities = [cluster.templates[victim.template].priority for victim in each.victims]
    highest = max(priorities, default=0)
    earliest = min(
        (v.started for v, p in zip(each.victims, priorities, strict=True) if p == highest), default=0
    )
    return each.violations, highest, sum(each + _OFFSET for each in priorities), len(priorities), -earliest
