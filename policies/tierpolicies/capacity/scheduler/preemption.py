"""DefaultPreemption: which pods of less priority would have to go, and from which node.

Source: pkg/scheduler/framework/plugins/defaultpreemption and framework/preemption. All pods of less
priority are taken away; then as many as possible are spared, the most important first.
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
    """A node, and the pods that would have to leave it."""

    node: int
    victims: tuple[Running, ...]


def candidate(
    cluster: Cluster,
    template: int,
    assessment: Assessment,
    refusals: Sequence[Refusal | None],
    running: Mapping[int, Iterable[Running]],
) -> Candidate | str:
    """The node from which the least important pods would go; or why there is none, in the scheduler's words.

    `refusals` are those of all nodes; `running` are the pods on each node.
    """
    if not cluster.templates[template].preempts:
        return "not eligible due to preemptionPolicy=Never."
    found: list[Candidate] = []
    reasons: list[Refusal] = []
    for node, refusal in enumerate(refusals):
        if refusal is None or refusal.hopeless:
            reasons.append(_HOPELESS)
            continue
        victims = _victims(cluster, template, assessment, node, running.get(node, ()))
        if isinstance(victims, Refusal):
            reasons.append(victims)
        else:
            found.append(Candidate(node, victims))
    if not found:
        return told(reasons, len(cluster.nodes))
    return min(found, key=lambda each: _cost(cluster, each))


def _victims(
    cluster: Cluster, template: int, assessment: Assessment, node: int, running: Iterable[Running]
) -> tuple[Running, ...] | Refusal:
    priority = cluster.templates[template].priority
    lower = [each for each in running if cluster.templates[each.template].priority < priority]
    if not lower:
        return _NO_VICTIMS
    lower.sort(key=lambda each: (-cluster.templates[each.template].priority, each.started))
    for each in lower:
        cluster.place(each.template, node, -1)
    refusal = assessment.refusal(node)
    victims = []
    for each in lower:
        cluster.place(each.template, node)
        if refusal is None and assessment.refusal(node) is not None:
            cluster.place(each.template, node, -1)
            victims.append(each)
    for each in victims:
        cluster.place(each.template, node)
    return refusal if refusal is not None else tuple(victims)


def _cost(cluster: Cluster, each: Candidate) -> tuple[int, int, int, int]:
    """The highest priority that goes, their sum, their number; then the one whose most important started
    last."""
    priorities = [cluster.templates[victim.template].priority for victim in each.victims]
    highest = max(priorities, default=0)
    earliest = min(
        (v.started for v, p in zip(each.victims, priorities, strict=True) if p == highest), default=0
    )
    return highest, sum(each + _OFFSET for each in priorities), len(priorities), -earliest
