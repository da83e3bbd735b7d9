"""NodeResourcesFit's score LeastAllocated: the more is left of CPU and memory, the better."""

from collections.abc import Callable

from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.scheduler.cluster import Cluster


def for_template(cluster: Cluster, template: int) -> Callable[[int], int]:
    """The score: the mean of both shares in percent, each rounded down; pods count with assumed requests."""
    scored = cluster.scored
    cpu, memory = cluster.templates[template].weighed
    most = [(node.allocatable.get(CPU, 0), node.allocatable.get(MEMORY, 0)) for node in cluster.nodes]

    def score(node: int) -> int:
        all_cpu, all_memory = most[node]
        used_cpu, used_memory = scored[node]
        left_cpu, left_memory = all_cpu - used_cpu - cpu, all_memory - used_memory - memory
        total = left_cpu * 100 // all_cpu if left_cpu > 0 else 0
        if left_memory > 0:
            total += left_memory * 100 // all_memory
        return total // 2 if all_cpu and all_memory else total

    return score
