"""NodeAffinity's score: the weights of the preferences that a node meets."""

from collections.abc import Callable, Sequence

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.scores.normalized import largest_best


def for_template(cluster: Cluster, template: int) -> Callable[[Sequence[int]], list[int]] | None:
    """The score; none where no node meets a preference."""
    preferred = cluster.templates[template].preferred_nodes
    weights = [
        sum(each.weight for each in preferred if each.term.matches(node.name, node.labels))
        for node in cluster.nodes
    ]
    if not any(weights):
        return None
    return lambda nodes: largest_best([weights[node] for node in nodes])
