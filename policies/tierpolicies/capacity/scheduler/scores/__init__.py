"""The scores of the default profile, one a file, with their weights.

Some hang on the node alone and what is on it; the others compare the nodes that the filters left.
Source of the weights: pkg/scheduler/apis/config/v1/default_plugins.go.
"""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.scores import (
    balanced_allocation,
    image_locality,
    least_allocated,
    node_affinity,
    pod_affinity,
    taints,
    topology_spread,
)

NodeScore: TypeAlias = Callable[[int], int]
Comparison: TypeAlias = Callable[[Sequence[int]], Sequence[int]]
ON_NODE: tuple[Callable[[Cluster, int], NodeScore | None], ...] = (
    least_allocated.for_template,
    balanced_allocation.for_template,
    image_locality.for_template,
)
"""Each of weight 1; nothing for one that says the same of all nodes."""
COMPARING: tuple[tuple[Callable[[Cluster, int], Comparison | None], int], ...] = (
    (taints.for_template, 3),
    (node_affinity.for_template, 2),
    (topology_spread.for_template, 2),
    (pod_affinity.for_template, 2),
)
"""With their weights; nothing for one that says the same of all nodes."""
