"""What all nodes are to the pods of one template; kept up with what changed since it was last asked."""

from collections.abc import Iterable, Sequence
from functools import cached_property

from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.filters import ACROSS_NODES, LASTING, ON_NODE, NodeFilter
from tierpolicies.capacity.scheduler.refusal import Refusal
from tierpolicies.capacity.scheduler.scores import COMPARING, Comparison, NodeScore
from tierpolicies.capacity.scheduler.scores import ON_NODE as SCORES

_STALE = -1


class Assessment:
    """The nodes that can take one more pod of a template, and the best of them."""

    def __init__(self, cluster: Cluster, template: int) -> None:
        self._cluster = cluster
        self._template = template
        lasting = [check for make in LASTING if (check := make(cluster, template))]
        self._lasting = [_first(lasting, node) for node in range(len(cluster.nodes))]
        self._filters = [check for make in ON_NODE if (check := make(cluster, template))]
        self._across = [prepare for make in ACROSS_NODES if (prepare := make(cluster, template))]
        self._refusals: list[Refusal | None] = list(self._lasting)
        self._points = [_STALE] * len(cluster.nodes)
        self._feasible: list[int] | None = None
        self._refresh(range(len(cluster.nodes)))
        self._seen = len(cluster.changes)

    def alone(self) -> list[Refusal | None]:
        """Each node's refusal by itself and what is on it now; what runs elsewhere is left out."""
        self._catch_up()
        return list(self._refusals)

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
        if self._feasible is None:
            self._feasible = [node for node, refusal in enumerate(self._refusals) if refusal is None]
        return self._feasible

    def best(self, among: Sequence[int] | None = None) -> list[int]:
        """The nodes with the highest score, among those that can take a pod; one is as good as another."""
        nodes = self.feasible() if among is None else among
        if len(nodes) <= 1:
            return list(nodes)
        points, scores, comparing = self._points, self._scores, self._comparing
        for node in [node for node in nodes if points[node] == _STALE]:
            points[node] = sum([score(node) for score in scores])
        totals = [points[node] for node in nodes]
        for compare, weight in comparing:
            totals = [total + weight * one for total, one in zip(totals, compare(nodes), strict=True)]
        most = max(totals)
        return [node for node, total in zip(nodes, totals, strict=True) if total == most]

    @cached_property
    def _scores(self) -> list[NodeScore]:
        """Made when two nodes are to be compared for the first time."""
        return [score for make in SCORES if (score := make(self._cluster, self._template))]

    @cached_property
    def _comparing(self) -> list[tuple[Comparison, int]]:
        found = ((make(self._cluster, self._template), weight) for make, weight in COMPARING)
        return [(compare, weight) for compare, weight in found if compare is not None]

    def _catch_up(self) -> None:
        changes = self._cluster.changes
        if self._seen < len(changes):
            self._refresh(set(changes[self._seen :]))
            self._seen = len(changes)

    def _refresh(self, nodes: Iterable[int]) -> None:
        """Asks the filters again about nodes; their points are worked out when they are compared."""
        refusals, points, lasting = self._refusals, self._points, self._lasting
        filters = self._filters
        for node in nodes:
            if lasting[node] is not None:
                continue
            points[node] = _STALE
            refusal = None
            for check in filters:
                refusal = check(node)
                if refusal is not None:
                    break
            if refusal is not refusals[node]:
                refusals[node] = refusal
                self._feasible = None


def _first(filters: Sequence[NodeFilter], node: int) -> Refusal | None:
    for check in filters:
        refusal = check(node)
        if refusal is not None:
            return refusal
    return None
