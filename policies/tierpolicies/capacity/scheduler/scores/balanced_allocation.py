"""NodeResourcesBalancedAllocation: CPU and memory should be used to the same share."""

from collections.abc import Callable

from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.scheduler.cluster import Cluster

_MOST = 100


def for_template(cluster: Cluster, template: int) -> Callable[[int], int] | None:
    """The score of a node with the pod, or, from 1.35 on, of how much better balanced it makes it."""
    cpu, memory = cluster.templates[template].balanced
    if not cpu and not memory and cluster.features.skips_best_effort:
        return None
    cpu_at, memory_at = cluster.resources.index(CPU), cluster.resources.index(MEMORY)
    free, capacity = cluster.free, cluster.capacity
    improvement = cluster.features.scores_improvement

    def score(node: int) -> int:
        most, left = capacity[node], free[node]
        all_cpu, all_memory = most[cpu_at], most[memory_at]
        if not all_cpu or not all_memory:
            return _MOST  # one share alone is balanced, before and after
        used_cpu, used_memory = all_cpu - left[cpu_at], all_memory - left[memory_at]
        # A share counts as 1 at most. This runs once for each change of each node and template.
        cpu_share, memory_share = (used_cpu + cpu) / all_cpu, (used_memory + memory) / all_memory
        gap = (cpu_share if cpu_share < 1 else 1.0) - (memory_share if memory_share < 1 else 1.0)
        with_pod = int((1 - (gap if gap > 0 else -gap) / 2) * _MOST)
        if not improvement:
            return with_pod
        cpu_share, memory_share = used_cpu / all_cpu, used_memory / all_memory
        gap = (cpu_share if cpu_share < 1 else 1.0) - (memory_share if memory_share < 1 else 1.0)
        change = _MOST // 2 + with_pod - int((1 - (gap if gap > 0 else -gap) / 2) * _MOST)
        return _MOST // 2 + (change // 2 if change >= 0 else -(-change // 2))

    return score
