"""TaintToleration's score: the fewer taints PreferNoSchedule a pod does not tolerate, the better."""

from collections.abc import Callable, Sequence

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.scores.normalized import smallest_best

_SOFT = "PreferNoSchedule"


def for_template(cluster: Cluster, template: int) -> Callable[[Sequence[int]], list[int]] | None:
    """The score; none where no such taint stands against the pods."""
    borne = [each for each in cluster.templates[template].tolerations if each.effect in ("", _SOFT)]
    counts = [
        sum(taint.effect == _SOFT and not any(each.bears(taint) for each in borne) for taint in node.taints)
        for node in cluster.nodes
    ]
    if not any(counts):
        return None
    return lambda nodes: smallest_best([counts[node] for node in nodes])
