"""TaintToleration: a taint NoSchedule or NoExecute keeps pods away that do not tolerate it."""

from collections.abc import Callable

from tierpolicies.capacity.model.tolerations import untolerated
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_PLUGIN = "TaintToleration"


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none where no node has a taint."""
    if not any(node.taints for node in cluster.nodes):
        return None
    borne = cluster.templates[template].tolerations

    def check(node: int) -> Refusal | None:
        taint = untolerated(cluster.nodes[node].taints, borne)
        if taint is None:
            return None
        named = f" {{{taint.key}: {taint.value}}}" if cluster.features.names_taints else "(s)"
        return Refusal((f"node(s) had untolerated taint{named}",), _PLUGIN, hopeless=True)

    return check
