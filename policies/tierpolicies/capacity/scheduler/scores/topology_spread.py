"""PodTopologySpread's score: the fewer matching pods the domains of a node hold, the better.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go. Pods without any constraint that
something keeps in number are spread over hosts and zones by default.
"""

from collections.abc import Callable, Sequence
from math import log
from typing import NamedTuple

from tierpolicies.capacity.model.affinity import Spread
from tierpolicies.capacity.model.node import HOST, ZONE
from tierpolicies.capacity.scheduler.cluster import Cluster, DomainCounter
from tierpolicies.capacity.scheduler.filters.topology_spread import counting

_DEFAULT = ((HOST, 3), (ZONE, 5))


def for_template(cluster: Cluster, template: int) -> Callable[[Sequence[int]], list[int]] | None:
    """The score; none for pods without a soft constraint."""
    given = cluster.templates[template]
    soft = [each for each in given.spreads if not each.hard]
    is_default = not given.spreads and bool(given.owner)
    if is_default:
        soft = [Spread(topology, skew, None, hard=False) for topology, skew in _DEFAULT]
    if not soft:
        return None
    topologies = [] if is_default else [each.topology for each in soft]
    constraints = [
        _Constraint(each, _counted(cluster, template, each, topologies, is_default=is_default))
        for each in soft
    ]
    placed = [all(key in node.labels for key in topologies) for node in cluster.nodes]
    is_everywhere = all(placed)

    def compare(nodes: Sequence[int]) -> list[int]:
        scored = nodes if is_everywhere else [node for node in nodes if placed[node]]
        totals = [0.0] * len(scored)
        for each in constraints:
            values, domain = each.values(scored), each.counter.domain
            totals = [total + values[domain[node]] for total, node in zip(totals, scored, strict=True)]
        scores = [int(total + 0.5) for total in totals]
        most, least = max(scores, default=0), min(scores, default=0)
        scores = [100 * (most + least - each) // most for each in scores] if most else [100] * len(scores)
        if is_everywhere:
            return scores
        known = dict(zip(scored, scores, strict=True))
        return [known.get(node, 0) for node in nodes]  # a node that lacks a key is the worst

    return compare


class _Constraint(NamedTuple):
    """A soft constraint, with the pods that it counts: on each node for the host, else by domain."""

    spread: Spread
    counter: DomainCounter

    def values(self, nodes: Sequence[int]) -> list[float]:
        """What each domain adds to the score of its nodes; the last is for nodes without the key."""
        domain = self.counter.domain
        size = len(nodes) if self.spread.topology == HOST else len({domain[node] for node in nodes})
        weight, skew = log(size + 2), self.spread.max_skew - 1
        values = [count * weight + skew for count in self.counter.counts]
        values.append(0.0)
        return values


def _counted(
    cluster: Cluster, template: int, spread: Spread, topologies: Sequence[str], *, is_default: bool
) -> DomainCounter:
    """The pods that a constraint counts, on each node or by domain."""
    templates, nodes = counting(cluster, template, spread, topologies)
    if is_default:
        owner = cluster.templates[template].owner

        def templates() -> list[bool]:
            return [each.owner == owner for each in cluster.templates]

    key = ("soft", template, spread)
    if spread.topology == HOST:
        return cluster.counter(key, None, templates)
    return cluster.counter(key, spread.topology, templates, nodes)
