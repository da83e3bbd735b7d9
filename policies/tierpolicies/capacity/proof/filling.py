"""Exact search where a node's pods are nothing to other nodes: one node after the other, every full filling
of it.

Where all that keeps pods apart is the node itself (resources, ports, anti-affinity by host), it never helps
to leave room for a pod that is still to come: so only fillings are tried that take nothing more. What is left
to place after a node decides all that follows, and is not looked at twice. This is bin completion, as by
Korf, with the sums that sizes can add up to as a bound.
"""

from collections.abc import Iterator
from math import gcd

from tierpolicies.capacity.model.node import HOST
from tierpolicies.capacity.proof.problem import Problem

Counts = tuple[int, ...]
_WIDEST = 20_000
"""Bits of the largest set of sums; finer sizes are bounded by their plain sum."""


class GaveUpError(Exception):
    """The search has taken as many steps as it may."""


def is_local(problem: Problem) -> bool:
    """Whether a pod's place concerns no other node."""
    cluster = problem.cluster
    if problem.chains or any(each.volumes for each in cluster.templates):
        return False
    topologies = {term.topology for each in cluster.templates for term in each.terms.apart}
    domain, size = cluster.domains(HOST)
    return topologies <= {HOST} and (not topologies or size == len(domain))


def fill(problem: Problem, *, steps: int) -> list[tuple[int, int]] | None:
    """Placements of all groups, or nothing where there are none; raises GaveUpError after so many
    fillings."""
    return _Fillings(problem, steps).run()


class _Fillings:
    def __init__(self, problem: Problem, steps: int) -> None:
        cluster = problem.cluster
        most = [max((row[number] for row in cluster.capacity), default=0) or 1 for number in
                range(len(cluster.resources))]  # fmt: skip
        allowed = {
            each.template: set(problem.scheduler.assessment(each.template).feasible())
            for each in problem.groups
        }

        def size(template: int) -> float:
            return max((amount / most[number] for number, amount in cluster.needs[template]), default=0.0)

        self.groups = sorted(problem.groups, key=lambda each: (-size(each.template), each.template))
        self.needs = [cluster.needs[each.template] for each in self.groups]
        users = [sum(node in each for each in allowed.values()) for node in range(len(cluster.nodes))]
        self.nodes = sorted(
            range(len(cluster.nodes)), key=lambda node: (users[node], cluster.free[node], node)
        )
        self.may = [[node in allowed[each.template] for each in self.groups] for node in self.nodes]
        self.free = [tuple(cluster.free[node]) for node in self.nodes]
        self.places = [cluster.places[node] for node in self.nodes]
        self.conflicts = self._conflicts(problem)
        self.units = [
            gcd(*(amount for needs in self.needs for which, amount in needs if which == number)) or 1
            for number in range(len(cluster.resources))
        ]
        self._steps = steps
        self._dead: set[tuple[int, Counts]] = set()
        self._sums: dict[tuple[int, int, Counts], int] = {}

    def run(self) -> list[tuple[int, int]] | None:
        """Depth first; the stack holds, for each node, the fillings that are still to be tried."""
        start = tuple(each.count for each in self.groups)
        lefts, chosen = [start], [self._tries(0, start)]
        fillings: list[Counts] = []
        while chosen:
            if not any(lefts[-1]):
                return [
                    (self.groups[which].template, self.nodes[position])
                    for position, filling in enumerate(fillings)
                    for which, count in enumerate(filling)
                    for _ in range(count)
                ]
            filling = next(chosen[-1], None)
            if filling is None:
                self._dead.add((len(chosen) - 1, lefts[-1]))
                chosen.pop()
                lefts.pop()
                if fillings:
                    fillings.pop()
                continue
            left = tuple(have - gone for have, gone in zip(lefts[-1], filling, strict=True))
            fillings.append(filling)
            lefts.append(left)
            chosen.append(self._tries(len(fillings), left))
        return None

    def _tries(self, position: int, left: Counts) -> Iterator[Counts]:
        """The fillings of the next node that are worth a try."""
        if any(left) and (
            position == len(self.nodes) or (position, left) in self._dead or self._is_hopeless(position, left)
        ):
            return
        for filling in self._full(position, left):
            self._steps -= 1
            if self._steps < 0:
                raise GaveUpError
            yield filling

    def _full(self, position: int, left: Counts) -> Iterator[Counts]:
        """Every filling of a node to which nothing can be added, those with most of the large pods first."""
        if position == len(self.nodes):
            return
        may, conflicts = self.may[position], self.conflicts[position]

        def extend(which: int, free: tuple[int, ...], places: int, taken: list[int]) -> Iterator[Counts]:
            if which == len(left):
                filling = tuple(taken)
                if not places or not any(
                    left[other] > count and self._one_more(position, other, free, filling)
                    for other, count in enumerate(filling)
                ):
                    yield filling
                return
            needs = self.needs[which]
            most = min([left[which], places, *(free[number] // amount for number, amount in needs)])
            if not may[which] or any(taken[other] for other in conflicts[which] if other < which):
                most = 0
            elif which in conflicts[which]:
                most = min(most, 1)
            for count in range(max(most, 0), -1, -1):
                after = list(free)
                for number, amount in needs:
                    after[number] -= amount * count
                taken.append(count)
                yield from extend(which + 1, tuple(after), places - count, taken)
                taken.pop()

        yield from extend(0, self.free[position], self.places[position], [])

    def _one_more(self, position: int, which: int, free: tuple[int, ...], filling: Counts) -> bool:
        """Whether a filling leaves room for one more pod of a group."""
        return (
            self.may[position][which]
            and all(amount <= free[number] for number, amount in self.needs[which])
            and not any(filling[other] for other in self.conflicts[position][which])
        )

    def _is_hopeless(self, position: int, left: Counts) -> bool:
        """Whether what is left cannot be on the nodes that are left, resource by resource or group by
        group."""
        rest = range(position, len(self.nodes))
        if sum(left) > sum(self.places[each] for each in rest):
            return True
        for number in range(len(self.units)):
            asked = sum(dict(self.needs[which]).get(number, 0) * count for which, count in enumerate(left))
            if asked and asked > sum(self._most(each, number, left) for each in rest):
                return True
        return any(count and self._lacks(which, count, rest) for which, count in enumerate(left))

    def _lacks(self, which: int, count: int, rest: range) -> bool:
        """Whether the nodes that are left take fewer pods of a group, were there no others."""
        for position in rest:
            if self.may[position][which]:
                most = [self.places[position]]
                most += [self.free[position][number] // amount for number, amount in self.needs[which]]
                if which in self.conflicts[position][which]:
                    most.append(1)
                count -= max(min(most), 0)
                if count <= 0:
                    return False
        return True

    def _most(self, position: int, number: int, left: Counts) -> int:
        """The most of a resource that pods which are left can use of a node: the largest sum of their
        sizes."""
        room, unit = self.free[position][number], self.units[number]
        wide = max(room, 0) // unit
        if wide > _WIDEST:
            return max(room, 0)
        may = self.may[position]
        usable = tuple(count if may[which] else 0 for which, count in enumerate(left))
        key = (number, wide, usable)
        known = self._sums.get(key)
        if known is None:
            mask = (1 << (wide + 1)) - 1
            sums = 1
            for which, count in enumerate(usable):
                size = dict(self.needs[which]).get(number, 0) // unit
                for part in _parts(count if size else 0):
                    sums |= sums << (size * part) & mask
            known = self._sums[key] = (sums.bit_length() - 1) * unit
        return known

    def _conflicts(self, problem: Problem) -> list[list[frozenset[int]]]:
        """For each node and group the groups that it shares no node with, itself among them where it is
        one."""
        cluster = problem.cluster
        number = {each.template: which for which, each in enumerate(self.groups)}
        found: list[set[int]] = [set() for _ in self.groups]
        for which, group in enumerate(self.groups):
            given = cluster.templates[group.template]
            for term in given.terms.apart:
                for template, is_meant in enumerate(cluster.meant(term)):
                    if is_meant and template in number:
                        found[which].add(number[template])
                        found[number[template]].add(which)
        ports = [
            frozenset(
                other
                for other, another in enumerate(self.groups)
                if any(
                    one.excludes(two)
                    for one in cluster.templates[group.template].ports
                    for two in cluster.templates[another.template].ports
                )
            )
            for group in self.groups
        ]
        lasting = [ports[which].union(each) for which, each in enumerate(found)]
        # A node without the label of a host is no domain: there only ports keep pods apart.
        return [lasting if HOST in cluster.nodes[node].labels else ports for node in self.nodes]


def _parts(count: int) -> Iterator[int]:
    """1, 2, 4, … and the rest: numbers of which some add up to any number up to the count."""
    part = 1
    while count > 0:
        part = min(part, count)
        yield part
        count -= part
        part *= 2
