"""InterPodAffinity's score: pods near by that are wanted, less those that are not, on both sides.

Source: pkg/scheduler/framework/plugins/interpodaffinity/scoring.go. What runs counts with its preferences
about the pod, and with 1 for each required affinity that means it.
"""

from collections.abc import Callable, Sequence

from tierpolicies.capacity.model.affinity import PodTerm
from tierpolicies.capacity.scheduler.cluster import Cluster, DomainCounter
from tierpolicies.capacity.scheduler.filters.pod_affinity import owners

_HARD_WEIGHT = 1


def for_template(cluster: Cluster, template: int) -> Callable[[Sequence[int]], list[int]] | None:
    """The score; none where neither the pods nor any others have a preference that concerns them."""
    terms = cluster.templates[template].terms
    weighted = [(_meant(cluster, each), each.weight) for each in terms.preferred]
    weighted += [(_meant(cluster, each), -each.weight) for each in terms.rather_apart]
    weighted += _others(cluster, template)
    if not weighted:
        return None

    def compare(nodes: Sequence[int]) -> list[int]:
        scores = [0] * len(nodes)
        for counter, weight in weighted:
            if counter.total:
                domain, counts = counter.domain, counter.counts
                for position, node in enumerate(nodes):
                    if domain[node] >= 0:
                        scores[position] += counts[domain[node]] * weight
        most, least = max(scores), min(scores)
        if most == least:
            return [0] * len(nodes)
        return [int(100 * ((each - least) / (most - least))) for each in scores]

    return compare


def _meant(cluster: Cluster, term: PodTerm) -> DomainCounter:
    return cluster.counter(("meant", term), term.topology, lambda: cluster.meant(term))


def _others(cluster: Cluster, template: int) -> list[tuple[DomainCounter, int]]:
    given, labels = cluster.templates[template], cluster.labels(template)
    found = []
    for owner in cluster.relating:
        other = cluster.templates[owner]
        for terms, sign in (
            (other.terms.required, 0),
            (other.terms.preferred, 1),
            (other.terms.rather_apart, -1),
        ):
            for term in terms:
                if term.matches(given.namespace, labels, cluster.namespaces):
                    weight = term.weight * sign if sign else _HARD_WEIGHT
                    found.append((owners(cluster, owner, term.topology), weight))
    return found
