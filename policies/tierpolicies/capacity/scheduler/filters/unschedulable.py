"""NodeUnschedulable: a cordoned node takes only pods that tolerate its taint."""

from collections.abc import Callable

from tierpolicies.capacity.model.tolerations import untolerated
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal
from tierpolicies.platform import Taint

_CORDON = Taint("node.kubernetes.io/unschedulable", "", "NoSchedule")
_REFUSED = Refusal(("node(s) were unschedulable",), "NodeUnschedulable", hopeless=True)


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods that tolerate a cordon."""
    if untolerated((_CORDON,), cluster.templates[template].tolerations) is None:
        return None
    return lambda node: _REFUSED if cluster.nodes[node].unschedulable else None
