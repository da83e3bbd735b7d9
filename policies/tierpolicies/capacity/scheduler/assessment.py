"""What all nodes are to the pods of one template; kept up with what changed since it was last asked."""

from collections.abc import Iterable, Sequence

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.filters import ACROSS_NODES, LASTING, ON_NODE, NodeFilter
from tierpolicies.capacity.scheduler.refusal import Refusal
from tierpolicies.capacity.scheduler.scores import COMPARING
from tierpolicies.capacity.scheduler.scores import ON_NODE as SCORES

_NONE = -1


class Assessment:
    """The nodes that can take one more pod of a template, and the best of them."""

    def __init__(self, cluster: Cluster, template: int) -> None:
        self._cluster = cluster
        lasting = [check for make in LASTING if (check := make(cluster, template))]
        self._lasting = [_first(lasting, node) for node in range(len(cluster.nodes))]
        self._filters = [check for make in ON_NODE if (check := make(cluster, template))]
        self._across = [prepare for make in ACROSS_NODES if (prepare := make(cluster, template))]
        self._scores = [score for make in SCORES if (score := make(cluster, template))]
        self._comparing = [
            (compare, weight) for make, weight in COMPARING if (compare := make(cluster, template))
        ]
        self._refusals: list[Refusal | None] = list(self._lasting)
        self._points = [_NONE] * len(cluster.nodes)
        self._refresh(node for node, refusal in enumerate(self._lasting) if refusal is None)
        self._seen = len(cluster.changes)

    def refusals(self) -> list[Refusal | None]:
        """Each node's first refusal; nothing for a node that can take a pod."""
        self._catch_up()
        if not self._across:
            return list(self._refusals)
        checks = [prepare() for prepare in self._across]
        return [
            refusal if refusal is not None else _first(checks, node)
            for node, refusal in enumerate(self._refusals)
        ]

    def refusal(self, node: int) -> Refusal | None:
        """The first refusal of one node."""
        self._catch_up()
        refusal = self._refusals[node]
        if refusal is not None or not self._across:
            return refusal
        return _first([prepare() for prepare in self._across], node)

    def feasible(self) -> list[int]:
        """The nodes that can take one more pod."""
        if self._across:
            return [node for node, refusal in enumerate(self.refusals()) if refusal is None]
        self._catch_up()
        return [node for node, points in enumerate(self._points) if points != _NONE]

    def best(self, among: Sequence[int] | None = None) -> list[int]:
        """The nodes with the highest score, among those that can take a pod; one of them is as good as
        another."""
        if among is None and not self._across and not self._comparing:
            self._catch_up()
            most = max(self._points, default=_NONE)
            if most == _NONE:
                return []
            return [node for node, points in enumerate(self._points) if points == most]
        nodes = self.feasible() if among is None else among
        if len(nodes) <= 1:
            return list(nodes)
        totals = [self._points[node] for node in nodes]
        for compare, weight in self._comparing:
            totals = [total + weight * one for total, one in zip(totals, compare(nodes), strict=True)]
        most = max(totals)
        return [node for node, total in zip(nodes, totals, strict=True) if total == most]

    def _catch_up(self) -> None:
        changes = self._cluster.changes
        if self._seen < len(changes):
            lasting = self._lasting
            self._refresh(node for node in set(changes[self._seen :]) if lasting[node] is None)
            self._seen = len(changes)

    def _refresh(self, nodes: Iterable[int]) -> None:
        refusals, points = self._refusals, self._points
        filters, scores = self._filters, self._scores
        for node in nodes:
            refusal = None
            for check in filters:
                refusal = check(node)
                if refusal is not None:
                    break
            refusals[node] = refusal
            points[node] = _NONE if refusal is not None else sum([score(node) for score in scores])


def _first(filters: Sequence[NodeFilter], node: int) -> Refusal | None:
    for check in filters:
        refusal = check(node)
        if refusal is not None:
            return refusal
    return None
