"""The filters of the default profile, one a file, in the order in which the scheduler asks them.

A filter is made for a template and asked for nodes by number; nothing stands for a filter that the template
does not concern. Source of the order: pkg/scheduler/apis/config/v1/default_plugins.go.
"""

from collections.abc import Callable
from typing import TypeAlias

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.filters import (
    node_affinity,
    node_name,
    node_ports,
    pod_affinity,
    resources_fit,
    taints,
    topology_spread,
    unschedulable,
    volume_access,
    volume_limits,
    volume_zones,
)
from tierpolicies.capacity.scheduler.refusal import Refusal

NodeFilter: TypeAlias = Callable[[int], Refusal | None]
LASTING: tuple[Callable[[Cluster, int], NodeFilter | None], ...] = (
    node_affinity.by_name,
    unschedulable.for_template,
    node_name.for_template,
    taints.for_template,
    node_affinity.for_template,
)
"""What the node alone decides: asked once."""
ON_NODE: tuple[Callable[[Cluster, int], NodeFilter | None], ...] = (
    node_ports.for_template,
    resources_fit.for_template,
    volume_limits.for_template,
    volume_zones.for_template,
)
"""What is on the node decides: asked again when something came or went there."""
ACROSS_NODES: tuple[Callable[[Cluster, int], Callable[[], NodeFilter] | None], ...] = (
    volume_access.for_template,
    topology_spread.for_template,
    pod_affinity.for_template,
)
"""What runs anywhere decides: prepared for each attempt."""
