"""Pods arrive one after the other, and go where kube-scheduler would put them."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from heapq import heappop, heappush
from itertools import zip_longest
from random import Random

from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.node import REGION, Node
from tierpolicies.capacity.model.pod import Pod, Template
from tierpolicies.capacity.scheduler.assessment import Assessment
from tierpolicies.capacity.scheduler.cluster import Cluster
from tierpolicies.capacity.scheduler.preemption import Candidate, Guard, Present, Running, candidate
from tierpolicies.capacity.scheduler.queue import Pending
from tierpolicies.capacity.scheduler.refusal import Refusal, told

NO_NODES = "no nodes available to schedule pods"
GATED = "Scheduling is blocked due to non-empty scheduling gates"
_ALL_NODES = 100
"""Below so many nodes, and so many that can take the pod, all are compared (minFeasibleNodesToFind)."""

_OVERTAKING = (0, 0, 3, 1000)


@dataclass(frozen=True, slots=True)
class Outcome:
    """Where pods went: a node's name for each pod, or nothing; and what the scheduler last said of those.

    `evicted` are the numbers of the pods that had to make room for ones of higher priority.
    """

    nodes: tuple[str | None, ...]
    messages: Mapping[int, str]
    evicted: tuple[int, ...] = ()

    @property
    def pending(self) -> list[int]:
        """The numbers of the pods without a node."""
        return [number for number, node in enumerate(self.nodes) if node is None]


class Scheduler:
    """Pods and nodes, and the pods' places; pods that run already are placed at once.

    A pod on a node that is not there stays where it says; what is finished counts nowhere. `budgets` are
    PodDisruptionBudgets: the templates that each selects, and how many of their pods must run.
    """

    def __init__(
        self,
        nodes: Sequence[Node],
        pods: Sequence[Pod],
        *,
        features: Features | None = None,
        namespaces: Mapping[str, Mapping[str, str]] | None = None,
        budgets: Iterable[tuple[frozenset[Template], int]] = (),
    ) -> None:
        self.pods = tuple(pods)
        templates, self.template_of = grouped([each.template for each in self.pods])
        self._budgets = tuple(budgets)
        self.cluster = Cluster(tuple(_interleaved(nodes)), templates, features or Features(), namespaces)
        self._assessments: dict[int, Assessment] = {}
        self._is_ranked = len({each.priority for each in templates}) > 1
        self.reset()

    def reset(self) -> None:
        """Takes everything away that did not run at first."""
        cluster = self.cluster
        for node, held in enumerate(cluster.held):
            for template, number in list(held.items()):
                cluster.place(template, node, -number)
        self.nodes: list[str | None] = [each.node or None for each in self.pods]
        self.messages: dict[int, str] = {}
        self.evicted: list[int] = []
        self._running: dict[int, dict[int, Running]] = {}
        self._started = 0
        self._start = 0
        self._pending = Pending(cluster)
        self._failed: dict[int, tuple[int, list[Refusal], str]] = {}
        for number, pod in enumerate(self.pods):
            if pod.finished:
                continue
            if pod.node in cluster.node_number:
                self._settle(number, cluster.node_number[pod.node])
            elif pod.gated and not pod.node:
                self.messages[number] = GATED

    @cached_property
    def _guards(self) -> list[Guard]:
        """Made when a pod is to make room for another for the first time."""
        numbered = list(enumerate(self.pods))
        return [
            Guard(frozenset(number for number, pod in numbered if pod.template in selected), least)
            for selected, least in self._budgets
        ]

    def waiting(self) -> Iterator[int]:
        """The pods that are to be scheduled, in their order."""
        for number, pod in enumerate(self.pods):
            if not (pod.node or pod.finished or pod.gated):
                yield number

    def run(self, *, seed: int = 0, order: Iterable[int] | None = None) -> Outcome:
        """Schedules all pods; each arrives when all before it have been looked at.

        Of nodes that are equally good the seed decides, as the scheduler's own dice do.
        """
        dice = Random(seed)  # noqa: S311 (nothing secret hangs on it)
        for number in self.waiting() if order is None else order:
            self._work_off([number], dice)
        return Outcome(tuple(self.nodes), dict(self.messages), tuple(self.evicted))

    def assessment(self, template: int) -> Assessment:
        """What the nodes are to the pods of a template now."""
        known = self._assessments.get(template)
        if known is None:
            known = self._assessments[template] = Assessment(self.cluster, template)
        return known

    def bind(self, number: int, node: str) -> list[int]:
        """Puts a pod on a node; the pending pods that this may help, which are to be looked at again."""
        self.nodes[number] = node
        self.messages.pop(number, None)
        self._settle(number, self.cluster.node_number[node])
        return self._pending.after_placing(self.template_of[number])

    def remove(self, number: int) -> None:
        """Takes a pod from its node."""
        name = self.nodes[number]
        node = self.cluster.node_number.get(name or "")
        if node is not None:
            self.cluster.place(self.template_of[number], node, -1)
            self._running.get(node, {}).pop(number, None)
        self.nodes[number] = None

    def refuse(self, number: int) -> str:
        """What the scheduler says of a pod that no node can take now; the pod is pending."""
        template = self.template_of[number]
        refusals, message = self._failure(template)
        self._pending.add(number, template, (each.plugin for each in refusals))
        self.messages[number] = message
        return message

    def _settle(self, number: int, node: int) -> None:
        template = self.template_of[number]
        self.cluster.place(template, node)
        if self._is_ranked:
            self._started += 1
            self._running.setdefault(node, {})[number] = Running(number, template, self._started)

    def _work_off(self, numbers: Iterable[int], dice: Random) -> None:
        queue: list[tuple[int, int, float, int]] = []
        for number in numbers:
            heappush(queue, (-self.pods[number].template.priority, 0, 0.0, number))
        while queue:
            _, turn, _, number = heappop(queue)
            # What an event helps comes when all that waits already has been looked at; those that have waited
            # longest come first, more or less: how far they overtake each other, the seed decides.
            jitter = dice.choice(_OVERTAKING)
            for position, helped in enumerate(self._attempt(number, dice)):
                place = position + jitter * dice.random()
                heappush(queue, (-self.pods[helped].template.priority, turn + 1, place, helped))

    def _attempt(self, number: int, dice: Random) -> list[int]:
        """Schedules one pod; which others are to be looked at again."""
        template = self.template_of[number]
        changes = len(self.cluster.changes)
        failed = self._failed.get(template)
        best = [] if failed is not None and failed[0] == changes else self._best(template)
        if best:
            node = best[0] if len(best) == 1 else dice.choice(best)
            return self.bind(number, self.cluster.nodes[node].name)
        found = self._preempt(template)
        if found is None:
            self.refuse(number)
            return []
        again = [self._evict(each) for each in found.victims]
        again += self.bind(number, self.cluster.nodes[found.node].name)
        return again + self._pending.after_eviction()

    def _best(self, template: int) -> list[int]:
        """The best nodes; of many that can take the pod only some are compared, by turns."""
        assessment, count = self.assessment(template), len(self.cluster.nodes)
        limit = compared(count)
        if limit >= count:
            return assessment.best()
        feasible = assessment.feasible()
        turn = bisect_left(feasible, self._start)
        chosen = (feasible[turn:] + feasible[:turn])[:limit]
        if len(chosen) == limit:
            self._start = (chosen[-1] + 1) % count
        return assessment.best(chosen)

    def _preempt(self, template: int) -> Candidate | None:
        priority = self.cluster.templates[template].priority
        if not self._is_ranked or all(each.priority >= priority for each in self.cluster.templates):
            return None
        refusals = self.assessment(template).refusals()
        assessment = self.assessment(template)
        found = candidate(self.cluster, template, assessment, refusals, self._present())
        return found if isinstance(found, Candidate) else None

    def _evict(self, victim: Running) -> int:
        self.remove(victim.pod)
        self.evicted.append(victim.pod)
        return victim.pod

    def _present(self) -> Present:
        return Present({node: running.values() for node, running in self._running.items()}, self._guards)

    def _failure(self, template: int) -> tuple[list[Refusal], str]:
        """Why no node can take a pod of a template; known until something changes."""
        cluster = self.cluster
        failed = self._failed.get(template)
        if failed is not None and failed[0] == len(cluster.changes):
            return failed[1], failed[2]
        if not cluster.nodes:
            return [], NO_NODES
        assessment = self.assessment(template)
        refusals = [each for each in assessment.refusals() if each is not None]
        reason = candidate(cluster, template, assessment, refusals, self._present())
        first = "no new claims to deallocate, " if cluster.features.claims_first else ""
        message = f"{told(refusals, len(cluster.nodes))} {first}preemption: {reason}"
        self._failed[template] = (len(cluster.changes), refusals, message)
        return refusals, message


def before_preemption(message: str) -> str:
    """What the scheduler says of the nodes, without what it says of preemption and the stop at its end."""
    head = message.partition(" no new claims to deallocate")[0].partition(" preemption:")[0]
    return head.removesuffix(".")


def compared(nodes: int) -> int:
    """How many nodes that can take a pod are looked for before they are compared.

    Source: pkg/scheduler/schedule_one.go numFeasibleNodesToFind: a share that sinks from 50 % to 5 %, at
    least 100.
    """
    if nodes < _ALL_NODES:
        return nodes
    share = max(50 - nodes // 125, 5)
    return max(nodes * share // 100, _ALL_NODES)


def grouped(templates: Sequence[Template]) -> tuple[list[Template], list[int]]:
    """The distinct templates, without labels that no selector looks at; and the number of each one's."""
    named: set[str] = set()
    for each in {id(template): template for template in templates}.values():
        named |= _looked_at(each)
    numbers: dict[Template, int] = {}
    known: dict[int, int] = {}
    found = []
    for template in templates:
        number = known.get(id(template))
        if number is None:
            kept = tuple((key, value) for key, value in template.labels if key in named)
            short = template if len(kept) == len(template.labels) else replace(template, labels=kept)
            number = known[id(template)] = numbers.setdefault(short, len(numbers))
        found.append(number)
    return list(numbers), found


def _looked_at(template: Template) -> set[str]:
    """The labels of pods that a template's selectors name."""
    terms = template.terms
    selectors = [each.selector for each in template.spreads]
    selectors += [each.selector for kind in terms for each in kind]
    return {key.key for each in selectors if each is not None for key in each.requirements}


def _interleaved(nodes: Sequence[Node]) -> Iterator[Node]:
    """Nodes in the scheduler's order: from each zone by turns (pkg/scheduler/backend/cache nodeTree)."""
    zones: dict[tuple[str, str], list[Node]] = {}
    for node in nodes:
        zones.setdefault((node.labels.get(REGION, ""), node.zone), []).append(node)
    for row in zip_longest(*zones.values()):
        yield from (node for node in row if node is not None)
