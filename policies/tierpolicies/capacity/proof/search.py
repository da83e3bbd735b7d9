"""Exact search: every sequence of placements that differs in more than the names of equal pods and nodes.

Pods of a template are alike, and so are nodes that give the same, admit the same and hold the same: only
one of each kind is tried, and a state that led nowhere is not entered again. Templates that any order suits
are placed one after the other; those of a chain in every order, since one of them may open a node to another.
"""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass

from tierpolicies.capacity.model.node import HOST
from tierpolicies.capacity.proof.filling import GaveUpError, fill, is_local
from tierpolicies.capacity.proof.problem import Problem

MOST_PODS = 400
"""Beyond so many pods a search does not end in time, and Python's stack does not hold it."""


@dataclass(frozen=True, slots=True)
class Found:
    """The end of a search: the placements in an order in which each is feasible, or nothing where none
    exists.

    A search that was cut off `gave_up`, and says nothing.
    """

    placements: tuple[tuple[int, int], ...] | None
    gave_up: bool = False


def search(problem: Problem, *, steps: int) -> Found:
    """Looks for a placement of all groups, in at most so many steps; node by node where that is enough."""
    try:
        if is_local(problem):
            filled = fill(problem, steps=steps)
            return Found(tuple(filled) if filled is not None else None)
    except GaveUpError:
        return Found(None, gave_up=True)
    if problem.count > MOST_PODS:
        return Found(None, gave_up=True)
    run = _Search(problem, steps)
    try:
        is_found = run.descend()
    except GaveUpError:
        run.unwind()
        return Found(None, gave_up=True)
    placements = tuple(run.path) if is_found else None
    run.unwind()
    return Found(placements)


class _Search:
    def __init__(self, problem: Problem, steps: int) -> None:
        self.problem = problem
        self.cluster = problem.cluster
        self.left = {each.template: each.count for each in problem.groups}
        self.path: list[tuple[int, int]] = []
        self._steps = steps
        self._dead: set[Hashable] = set()
        self._stages = [*problem.chains, *([each] for each in self._free())]
        self._sets = [(list(problem.bits(mask)), problem.inside(mask)) for mask in problem.node_sets()]
        self._kinds = self._node_kinds()

    def descend(self) -> bool:
        """Whether everything that is left can be placed; then `path` holds how."""
        stage = next((each for each in self._stages if any(self.left[template] for template in each)), None)
        if stage is None:
            return True
        self._steps -= 1
        if self._steps < 0:
            raise GaveUpError
        state = self._state()
        if state in self._dead:
            return False
        if not self._is_hopeless():
            for template in stage:
                if self.left[template]:
                    for node in self._distinct(template):
                        self._place(template, node)
                        if self.descend():
                            return True
                        self._take_back()
        self._dead.add(state)
        return False

    def unwind(self) -> None:
        """Takes everything back."""
        while self.path:
            self._take_back()

    def _place(self, template: int, node: int) -> None:
        self.cluster.place(template, node)
        self.left[template] -= 1
        self.path.append((template, node))

    def _take_back(self) -> None:
        template, node = self.path.pop()
        self.cluster.place(template, node, -1)
        self.left[template] += 1

    def _free(self) -> Iterator[int]:
        """The templates that any order suits, those with the fewest nodes and the largest needs first."""
        most = [max((row[number] for row in self.cluster.capacity), default=0) or 1 for number in
                range(len(self.cluster.resources))]  # fmt: skip
        groups = [each for each in self.problem.groups if each.template not in self.problem.bound]

        def size(template: int) -> float:
            return max(
                (amount / most[number] for number, amount in self.cluster.needs[template]), default=0.0
            )

        groups.sort(key=lambda each: (each.nodes.bit_count(), -size(each.template), each.template))
        return (each.template for each in groups)

    def _distinct(self, template: int) -> Iterator[int]:
        """The nodes that can take a pod, of those that are alike only one; the fullest first."""
        seen: set[Hashable] = set()
        feasible = self.problem.scheduler.assessment(template).feasible()
        for node in sorted(feasible, key=lambda each: (sum(self.cluster.free[each]), each)):
            kind = self._kind_now(node)
            if kind not in seen:
                seen.add(kind)
                yield node

    def _state(self) -> Hashable:
        return tuple(sorted(map(self._kind_now, range(len(self.cluster.nodes)))))

    def _kind_now(self, node: int) -> tuple[int, tuple[tuple[int, int], ...]]:
        return self._kinds[node], tuple(sorted(self.cluster.held[node].items()))

    def _node_kinds(self) -> list[int]:
        """A number for each node, equal for nodes that no template can tell apart at first."""
        cluster, problem = self.cluster, self.problem
        used = {each.topology for template in cluster.templates for each in template.spreads}
        used |= {each.topology for template in cluster.templates for kind in template.terms for each in kind}
        shared = []
        for topology in sorted(used):
            domain, size = cluster.domains(topology)
            sizes = [domain.count(number) for number in range(size)]
            alike = topology == HOST or all(each == 1 for each in sizes)
            shared.append([-1 if each < 0 else -2 if alike and sizes[each] == 1 else each for each in domain])
        numbers: dict[Hashable, int] = {}
        return [
            numbers.setdefault(
                (
                    tuple(cluster.free[node]),
                    cluster.places[node],
                    tuple(each.nodes >> node & 1 for each in problem.groups),
                    tuple(row[node] for row in shared),
                    # Inclusion policies of spread constraints look at a node beside who may go there.
                    tuple(cluster.admitted(each.template)[node] for each in problem.groups),
                    cluster.nodes[node].taints,
                    cluster.nodes[node].volumes,
                    cluster.nodes[node].zone,
                    tuple(sorted(cluster.volumes[node])),
                    tuple(sorted((key, tuple(each)) for key, each in cluster.ports[node].items() if each)),
                ),
                len(numbers),
            )
            for node in range(len(cluster.nodes))
        ]

    def _is_hopeless(self) -> bool:
        """Whether what is left asks for more than is left, in sum or pod by pod."""
        cluster, left = self.cluster, self.left
        for nodes, groups in self._sets:
            asked = [0] * len(cluster.resources)
            count = 0
            for group in groups:
                number = left[group.template]
                count += number
                for resource, amount in cluster.needs[group.template]:
                    asked[resource] += amount * number
            if count > sum(cluster.places[node] for node in nodes):
                return True
            for resource, amount in enumerate(asked):
                if amount > sum(cluster.free[node][resource] for node in nodes):
                    return True
        return any(number and not self._has_room(template, number) for template, number in left.items())

    def _has_room(self, template: int, number: int) -> bool:
        """Whether nodes have room for so many pods of a template, were there no others."""
        cluster, needs = self.cluster, self.cluster.needs[template]
        group = next(each for each in self.problem.groups if each.template == template)
        for node in self.problem.bits(group.nodes):
            free = cluster.free[node]
            number -= max(min([cluster.places[node], *(free[each] // need for each, need in needs)]), 0)
            if number <= 0:
                return True
        return False
