"""NodeAffinity: nodeSelector and required node affinity name labels, or nodes by name."""

from collections.abc import Callable

from tierpolicies.capacity.model.selectors import NAME_FIELD
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.refusal import Refusal

_PLUGIN = "NodeAffinity"
_REFUSED = Refusal(("node(s) didn't match Pod's node affinity/selector",), _PLUGIN, hopeless=True)
_NOT_NAMED = Refusal(("node(s) didn't satisfy plugin(s) [NodeAffinity]",), _PLUGIN, hopeless=True)


def for_template(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """The filter; none for pods that name no labels."""
    given = cluster.templates[template]
    if not given.node_selector and given.node_affinity is None:
        return None
    admitted = cluster.admitted(template)
    return lambda node: None if admitted[node] else _REFUSED


def by_name(cluster: Cluster, template: int) -> Callable[[int], Refusal | None] | None:
    """What is decided before any filter: every alternative names its nodes, and others are not asked at
    all."""
    named: set[str] = set()
    for term in cluster.templates[template].node_affinity or ():
        given = [set(each.values) for each in term.fields if each.key == NAME_FIELD and each.operator == "In"]
        if not given:
            return None
        named |= set.intersection(*given)
    if not named:
        return None
    return lambda node: None if cluster.nodes[node].name in named else _NOT_NAMED
