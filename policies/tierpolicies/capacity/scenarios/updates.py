"""Rolling updates: pods that are added before others go, one workload at a time or two."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from itertools import combinations

from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.proof.decision import Answer, Verdict
from tierpolicies.capacity.proof.reasons import Reason, pods_text
from tierpolicies.capacity.scenarios.maxima import grow
from tierpolicies.capacity.scenarios.part import Part, is_good
from tierpolicies.capacity.scenarios.pod_sets import PodSet
from tierpolicies.capacity.scenarios.scenario import More, Scenario
from tierpolicies.capacity.scheduler.simulation import Scheduler

_MOST_PAIRED = 8
"""Updates of one part of which every pair is played; their number grows with the square."""


def scenarios(parts: Sequence[Part]) -> Iterator[Scenario]:
    """The update of each workload, and of each two that add a pod before one goes; what all add at once."""
    for part in parts:
        rolled = [each for each in part.lasting() if each.replicas and _is_replaced(each)]
        for each in rolled:
            yield _scenario(f"update:{each.name}", f"update of {each.name}", part, [each])
        adding = [each for each in rolled if each.rollout is not None and each.rollout.surge]
        for pair in combinations(_largest(adding), 2):
            names = [each.name for each in pair]
            title = f"updates of {names[0]} and {names[1]} together"
            yield _scenario(f"updates:{'+'.join(names)}", title, part, pair)
        if len(adding) > 1:
            yield _at_once(part, adding)


def _at_once(part: Part, adding: Sequence[PodSet]) -> Scenario:
    """Every pod that is added before one goes, beside all that is there at rest: nothing has to wait."""
    counts = {each.key: each.replicas + each.rollout.surge for each in adding if each.rollout is not None}

    def play(part: Part, more: More) -> Verdict:
        return grow(part, more, counts)

    title = f"what {len(adding)} updates add first, all at once"
    return Scenario("updates", title, (part,), play, sets=tuple(each.key for each in adding), counts=counts)


def _largest(adding: Sequence[PodSet]) -> Sequence[PodSet]:
    """Those whose pairs are looked at: of many the ones that add the largest pods, by CPU and by memory."""
    if len(adding) <= _MOST_PAIRED:
        return adding
    found: dict[str, PodSet] = {}
    for resource in (CPU, MEMORY):
        ordered = sorted(adding, key=lambda each: -dict(each.template.request).get(resource, 0))
        found |= {each.key: each for each in ordered[: _MOST_PAIRED // 2]}
    return list(found.values())


def _is_replaced(each: PodSet) -> bool:
    """Whether a controller replaces its pods when their template changes; nobody does so for a bare pod."""
    return each.rollout is not None and (each.rollout.surge > 0 or each.rollout.unavailable > 0)


def _scenario(name: str, title: str, part: Part, rolled: Sequence[PodSet]) -> Scenario:
    return Scenario(name, title, (part,), _update(rolled), sets=tuple(each.key for each in rolled))


def _update(rolled: Sequence[PodSet]) -> Callable[[Part, More], Verdict]:
    def play(part: Part, more: More) -> Verdict:
        rest = part.rest(more)
        return _Update(part, more, rolled).run() if is_good(rest) else rest

    return play


class _Update:
    """An update as the Deployment and StatefulSet controllers run it.

    New pods are made up to the surge; old ones go as long as enough are left that run; both until nothing
    moves.
    """

    def __init__(self, part: Part, more: More, rolled: Sequence[PodSet]) -> None:
        resting = part.resting(more)
        nodes = part.nodes(more)
        fresh = [(each, pod) for each in rolled for pod in each.pods(each.replicas, first=each.replicas)]
        self.scheduler: Scheduler = part.scheduler(nodes, [*resting, *(pod for _, pod in fresh)])
        first = len(self.scheduler.pods) - len(fresh)
        at_rest = first - len(resting)
        self.rolled = rolled
        self.new = {
            each.key: [first + n for n, (owner, _) in enumerate(fresh) if owner is each] for each in rolled
        }
        self.old = {
            each.key: [at_rest + n for n, pod in enumerate(resting) if pod.template is each.template]
            for each in rolled
        }

    def run(self) -> Verdict:
        """Whether the update ends, and nothing else has lost its place."""
        made: dict[str, int] = dict.fromkeys(self.new, 0)
        is_moving = True
        while is_moving:
            is_moving = False
            for each in self.rolled:
                is_moving |= self._step(each, made)
        stuck = [each for each in self.rolled if self.old[each.key] or self._pending(each)]
        if not stuck and not self.scheduler.evicted:
            return Verdict(Answer.FITS, self._placement(), runs=1)
        return self._stuck(stuck)

    def _step(self, each: PodSet, made: dict[str, int]) -> bool:
        """One turn of the controller; whether anything was made, went or found a place."""
        rollout, old = each.rollout, self.old[each.key]
        surge, unavailable = (rollout.surge, rollout.unavailable) if rollout is not None else (0, 1)
        pending = self._pending(each, made[each.key])
        running = len(old) + made[each.key] - len(pending)
        # Old pods that do not run may go at once; there are none at rest.
        going = min(max(running - (each.replicas - unavailable), 0), len(old))
        for _ in range(going):
            self.scheduler.remove(old.pop())
        coming = min(each.replicas + surge - len(old) - made[each.key], each.replicas - made[each.key])
        made[each.key] += max(coming, 0)
        waiting = self._pending(each, made[each.key])
        if waiting:
            self.scheduler.run(order=waiting)
        return bool(going or coming > 0 or len(self._pending(each, made[each.key])) < len(waiting))

    def _pending(self, each: PodSet, made: int | None = None) -> list[int]:
        new = self.new[each.key]
        return [pod for pod in (new if made is None else new[:made]) if self.scheduler.nodes[pod] is None]

    def _placement(self) -> dict[int, str]:
        return {pod: node for pod, node in enumerate(self.scheduler.nodes) if node is not None}

    def _stuck(self, stuck: Sequence[PodSet]) -> Verdict:
        pending = [pod for each in stuck for pod in self._pending(each)[:1]]
        pending += self.scheduler.evicted
        messages = {pod: self.scheduler.messages[pod] for pod in pending if pod in self.scheduler.messages}
        pods: tuple[tuple[str, int], ...]
        if stuck:
            waits = stuck[0]
            word = (
                next(iter(messages.values()), "").partition(" no new claims")[0].partition(" preemption:")[0]
            )
            sentence = f"the update adds a pod of {waits.name} before one goes, and it finds no node: {word}"
            pods = ((waits.name, 1),)
        else:
            pods = tuple(Counter(self.scheduler.pods[pod].workload for pod in self.scheduler.evicted).items())
            sentence = f"the update pushes {pods_text(pods)} from the node"
        return Verdict(
            Answer.IMPOSSIBLE,
            reason=Reason(sentence.removesuffix("."), pods),
            pending=tuple(pending),
            messages=messages,
            least_pending=1,
            most_pending=len(pending),
            runs=1,
            missed=1,
        )
