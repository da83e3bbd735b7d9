"""PodTopologySpread's score: the fewer matching pods the domains of a node hold, the better.

Source: pkg/scheduler/framework/plugins/podtopologyspread/scoring.go. Pods without any constraint that
something keeps in number are spread over hosts and zones by default.
"""

from collections.abc import Callable, Sequence
from math import log

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
        (each, *_counted(cluster, template, each, topologies, is_default=is_default)) for each in soft
    ]
    placed = [all(key in node.labels for key in topologies) for node in cluster.nodes]

    def compare(nodes: Sequence[int]) -> list[int]:
        scored = [node for node in nodes if placed[node]]
        totals = dict.fromkeys(scored, 0.0)
        for spread, counter, has_key in constraints:
            domain, counts = counter.domain, counter.counts
            is_host = spread.topology == HOST
            size = len(scored) if is_host else len({domain[node] for node in scored})
            weight = log(size + 2)
            for node in scored:
                if has_key[node]:
                    totals[node] += counts[domain[node]] * weight + (spread.max_skew - 1)
        return _normalized(nodes, {node: int(total + 0.5) for node, total in totals.items()})

    return compare


def _counted(
    cluster: Cluster, template: int, spread: Spread, topologies: Sequence[str], *, is_default: bool
) -> tuple[DomainCounter, list[bool]]:
    """The pods that a constraint counts, on each node or by domain, and the nodes that carry its key."""
    has_key = [spread.topology in node.labels for node in cluster.nodes]
    templates, nodes = counting(cluster, template, spread, topologies)
    if is_default:
        owner = cluster.templates[template].owner

        def templates() -> list[bool]:
            return [each.owner == owner for each in cluster.templates]

    key = ("soft", template, spread)
    if spread.topology == HOST:
        return cluster.counter(key, None, templates), has_key
    return cluster.counter(key, spread.topology, templates, nodes), has_key


def _normalized(nodes: Sequence[int], scores: dict[int, int]) -> list[int]:
    """The fewest become 100; nodes that lack a key become 0."""
    most, least = max(scores.values(), default=0), min(scores.values(), default=0)
    return [
        0 if node not in scores else 100 if not most else 100 * (most + least - scores[node]) // most
        for node in nodes
    ]
