"""Nodes that are drained or lost, and zones."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from tierpolicies.capacity.model.node import Node
from tierpolicies.capacity.model.pod import Pod
from tierpolicies.capacity.proof.decision import Answer, Verdict
from tierpolicies.capacity.proof.reasons import Reason
from tierpolicies.capacity.scenarios.part import Part, decided, is_good
from tierpolicies.capacity.scenarios.scenario import More, Scenario
from tierpolicies.capacity.scheduler.simulation import before_preemption


def scenarios(parts: Sequence[Part]) -> Iterator[Scenario]:
    """Each node drained, each node lost, each zone lost."""
    for part in parts:
        if not part.tiers and not part.pools:
            continue
        for node in part.nodes({}):
            yield Scenario(f"drain:{node.name}", f"{node.name} drained", (part,), _drained(node.name))
            yield Scenario(f"lose:{node.name}", f"{node.name} lost", (part,), _lost(_named(node.name)))
    zones = dict.fromkeys(node.zone for part in parts for node in part.nodes({}) if node.zone)
    for zone in zones:
        about = tuple(part for part in parts if any(node.zone == zone for node in part.nodes({})))
        yield Scenario(f"zone:{zone}", f"zone {zone} lost", about, _lost(_of_zone(zone)))


def without(parts: Sequence[Part], names: Sequence[str]) -> Scenario:
    """Some nodes lost at once."""
    about = tuple(part for part in parts if any(node.name in names for node in part.nodes({})))
    title = f"{' and '.join(names)} lost"
    return Scenario(f"lose:{'+'.join(names)}", title, about, _lost(lambda node: node.name in names))


def _named(name: str) -> Callable[[Node], bool]:
    return lambda node: node.name == name


def _of_zone(zone: str) -> Callable[[Node], bool]:
    return lambda node: node.zone == zone


def _lost(is_gone: Callable[[Node], bool]) -> Callable[[Part, More], Verdict]:
    def play(part: Part, more: More) -> Verdict:
        rest = part.rest(more)
        if not is_good(rest):
            return rest
        nodes = part.nodes(more)
        left = [node for node in nodes if not is_gone(node)]
        names = {node.name for node in left}
        resting = part.resting(more)
        pods = [pod if pod.node in names else part.again(pod, nodes) for pod in resting]
        verdict = decided(part.scheduler(left, pods))
        if verdict.answer is Answer.FITS:
            return verdict
        anew = decided(part.scheduler(left, [_movable(part, pod, nodes, names) for pod in resting]))
        return replace(anew, answer=Answer.ON_PAPER) if anew.answer is Answer.FITS else anew

    return play


def _movable(part: Part, pod: Pod, nodes: Sequence[Node], names: set[str]) -> Pod:
    """A pod that may go anywhere, wherever its volumes let it."""
    return replace(pod, node="") if pod.node in names and not pod.template.volumes else part.again(pod, nodes)


def _drained(name: str) -> Callable[[Part, More], Verdict]:
    def play(part: Part, more: More) -> Verdict:
        rest = part.rest(more)
        return _Drain(part, more, name).run() if is_good(rest) else rest

    return play


class _Drain:
    """A drain as `kubectl drain` does it: each pod goes when its budgets allow it, and its maker makes
    another."""

    def __init__(self, part: Part, more: More, name: str) -> None:
        nodes = [replace(node, unschedulable=node.name == name) for node in part.nodes(more)]
        resting = part.resting(more)
        leaving = [number for number, pod in enumerate(resting) if pod.node == name]
        again = [part.again(resting[number], nodes) for number in leaving]
        self.name = name
        self.scheduler = part.scheduler(nodes, [*resting, *again])
        first = len(self.scheduler.pods) - len(resting) - len(again)
        self.there = [first + number for number in leaving]
        self.next = {first + number: first + len(resting) + place for place, number in enumerate(leaving)}
        owner = {each.template.owner: each.key for each in part.sets}
        self.key = [owner.get(pod.template.owner, "") for pod in self.scheduler.pods]
        self.counts = {each.key: each.replicas for each in part.lasting()}
        self.budgets = part.budgets

    def run(self) -> Verdict:
        """Whether every pod leaves and finds another node."""
        is_moving = True
        while is_moving:
            is_moving = False
            for pod in list(self.there):
                if self._blocking(pod) is None:
                    self.there.remove(pod)
                    self.scheduler.remove(pod)
                    self.scheduler.run(order=[self.next[pod]])
                    is_moving = True
        gone = [new for old, new in self.next.items() if old not in self.there]
        pending = [pod for pod in gone if self.scheduler.nodes[pod] is None] + self.scheduler.evicted
        if not self.there and not pending:
            placed = {pod: node for pod, node in enumerate(self.scheduler.nodes) if node is not None}
            return Verdict(Answer.FITS, placed, runs=1)
        return self._failed(pending)

    def _blocking(self, pod: int) -> str | None:
        """The budget that keeps a pod on the node, if one does."""
        for budget in self.budgets:
            if self.key[pod] in budget.sets:
                healthy = sum(
                    node is not None and self.key[number] in budget.sets
                    for number, node in enumerate(self.scheduler.nodes)
                )
                if healthy - 1 < budget.healthy(self.counts):
                    return budget.name
        return None

    def _failed(self, pending: Sequence[int]) -> Verdict:
        pods = self.scheduler.pods
        names = dict.fromkeys(pods[number].workload for number in (*pending, *self.there))
        if self.there and not pending:
            budget = self._blocking(self.there[0])
            sentence = f"the budget {budget} never lets {pods[self.there[0]].workload} leave {self.name}"
        else:
            word = before_preemption(self.scheduler.messages.get(pending[0], ""))
            kept = f"; budgets then keep {len(self.there)} more there" if self.there else ""
            count = "1 pod that leaves" if len(pending) == 1 else f"{len(pending)} pods that leave"
            finds = "finds" if len(pending) == 1 else "find"
            sentence = f"{count} {self.name} {finds} no other node: {word}{kept}"
        reason = Reason(sentence, tuple((name, 1) for name in names))
        return Verdict(
            Answer.IMPOSSIBLE,
            reason=reason,
            pending=tuple(pending),
            messages={pod: self.scheduler.messages.get(pod, "") for pod in pending},
            least_pending=1,
            most_pending=max(len(pending), 1),
            runs=1,
            missed=1,
        )
