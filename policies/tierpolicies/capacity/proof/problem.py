"""Pods that are to be placed, by template, and the nodes that each template may go to at all."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tierpolicies.capacity.scheduler.simulation import Scheduler


@dataclass(frozen=True, slots=True)
class Group:
    """Equal pods that are to be placed: their template's number, their numbers, and what they are called.

    `nodes` has a bit for each node that takes one of them with nothing else but what is there at first.
    """

    template: int
    pods: tuple[int, ...]
    name: str
    nodes: int

    @property
    def count(self) -> int:
        """How many they are."""
        return len(self.pods)


class Problem:
    """A scheduler in which only what runs at first is placed, and the groups of pods that wait.

    Templates are `bound` to an order where one more pod somewhere can make a node feasible that was not
    (required affinity, hard spread constraints, and what those count); all others can be placed in any
    order. `chains` are sets of bound templates that look at one another.
    """

    def __init__(self, scheduler: Scheduler, *, without: frozenset[int] = frozenset()) -> None:
        """`without` leaves out the pods of some templates."""
        scheduler.reset()
        self.scheduler = scheduler
        self.cluster = scheduler.cluster
        waiting: dict[int, list[int]] = {}
        for number in scheduler.waiting():
            waiting.setdefault(scheduler.template_of[number], []).append(number)
        self.groups = tuple(
            self._group(template, pods) for template, pods in waiting.items() if template not in without
        )
        self.chains = tuple(self._chains())
        self.bound = frozenset(template for chain in self.chains for template in chain)

    @property
    def count(self) -> int:
        """How many pods are to be placed."""
        return sum(each.count for each in self.groups)

    def bits(self, mask: int) -> Iterator[int]:
        """The nodes of a set."""
        while mask:
            low = mask & -mask
            yield low.bit_length() - 1
            mask ^= low

    def node_sets(self) -> list[int]:
        """The sets of nodes that groups share: each group's, and all together."""
        masks = dict.fromkeys(each.nodes for each in self.groups)
        union = 0
        for mask in masks:
            union |= mask
        return sorted({*masks, union} - {0}, key=int.bit_count)

    def inside(self, mask: int) -> list[Group]:
        """The groups that can go nowhere but to a set of nodes."""
        return [each for each in self.groups if each.nodes and not each.nodes & ~mask]

    def _group(self, template: int, pods: list[int]) -> Group:
        assessment = self.scheduler.assessment(template)
        nodes = sum(1 << node for node, refusal in enumerate(assessment.alone()) if refusal is None)
        names = Counter(self.scheduler.pods[pod].workload or self.scheduler.pods[pod].name for pod in pods)
        return Group(template, tuple(pods), " and ".join(names), nodes)

    def _chains(self) -> Iterator[list[int]]:
        """Templates with spread constraints or affinity, with those that their selectors count."""
        waiting = {each.template for each in self.groups}
        links: dict[int, set[int]] = {}
        for template in waiting:
            for other in self._looked_at(template) & waiting:
                links.setdefault(template, set()).add(other)
                links.setdefault(other, set()).add(template)
        seen: set[int] = set()
        for first in sorted(links):
            chain, edge = [], [first]
            while edge:
                each = edge.pop()
                if each not in seen:
                    seen.add(each)
                    chain.append(each)
                    edge += sorted(links[each])
            if chain:
                yield sorted(chain)

    def _looked_at(self, template: int) -> set[int]:
        """The templates that decide by their number where a pod may go, itself among them; or none."""
        cluster = self.cluster
        given = cluster.templates[template]
        hard = [each.selector for each in given.spreads if each.hard]
        if not given.terms.required and not hard:
            return set()
        looks = {template}
        for term in given.terms.required:
            looks |= _numbers(cluster.meant(term))
        for chosen in hard:
            if chosen is not None:
                looks |= _numbers(cluster.chosen(given.namespace, chosen.matches))
        return looks


def _numbers(chosen: Iterable[bool]) -> set[int]:
    return {number for number, is_chosen in enumerate(chosen) if is_chosen}
