"""The verdict on pods and nodes: what the scheduler does, what could be done, and why not."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from random import Random
from typing import TypeAlias

from tierpolicies.capacity.proof.bounds import broken
from tierpolicies.capacity.proof.packing import pack
from tierpolicies.capacity.proof.problem import Problem
from tierpolicies.capacity.proof.reasons import Reason, pods_text
from tierpolicies.capacity.proof.search import Found, search
from tierpolicies.capacity.scheduler.simulation import Outcome, Scheduler

Solver: TypeAlias = Callable[[Problem], Found]
"""Answers a whole problem, or gives up."""
STEPS = 20_000
"""Steps of the exact search before it gives up."""
_PACKINGS = 6


class Answer(StrEnum):
    """What can be said of pods and nodes."""

    FITS = "fits"
    ON_PAPER = "fits-on-paper"
    IMPOSSIBLE = "impossible"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer, with what proves it.

    `placement` has a node for each pod's number: of the scheduler where it finds one, else of a placement
    that exists all the same. `pending` are the pods that the scheduler leaves over in the worst of the
    runs; between `least_pending` and `most_pending` are left over whatever is done. `runs` is how many were
    simulated, and `missed` how many of them left a pod over.
    """

    answer: Answer
    placement: Mapping[int, str] = field(default_factory=dict)
    reason: Reason | None = None
    pending: tuple[int, ...] = ()
    messages: Mapping[int, str] = field(default_factory=dict)
    least_pending: int = 0
    most_pending: int = 0
    runs: int = 0
    missed: int = 0


def decide(
    scheduler: Scheduler, *, runs: int = 6, steps: int = STEPS, second_opinion: Solver | None = None
) -> Verdict:
    """Simulates several arrival orders; where a pod is left over in any, looks for a placement or a proof.

    Runs differ in the order of arrival and in what decides between equally good nodes. What the search
    leaves open after so many steps a `second_opinion` may decide, such as `or_tools.solve`.
    """
    outcomes = []
    for seed, order in enumerate(orders(scheduler, runs)):
        scheduler.reset()
        outcomes.append(scheduler.run(seed=seed, order=order))
    worst = max(outcomes, key=lambda each: len(_left(scheduler, each)))
    pending, messages = tuple(_left(scheduler, worst)), worst.messages
    missed = sum(bool(_left(scheduler, each)) for each in outcomes)
    good = next((each for each in outcomes if not _left(scheduler, each)), None)
    if good is not None:
        answer = Answer.ON_PAPER if missed else Answer.FITS
        return Verdict(answer, _placed(good), None, pending, messages, runs=len(outcomes), missed=missed)
    fewest = min(len(_left(scheduler, each)) for each in outcomes)
    so_far = Verdict(
        Answer.UNDECIDED,
        pending=pending,
        messages=messages,
        most_pending=fewest,
        runs=len(outcomes),
        missed=missed,
    )
    problem = Problem(scheduler)
    reason = broken(problem)
    if reason is not None:
        return replace(so_far, answer=Answer.IMPOSSIBLE, reason=reason, least_pending=reason.least_pending)
    return _beyond_bounds(problem, so_far, steps, second_opinion)


def orders(scheduler: Scheduler, runs: int) -> Iterator[list[int]]:
    """Orders of arrival: as written, backwards, large pods first, small pods first, then shuffled.

    Pods of higher priority are always looked at first, as from the scheduler's queue. One order is enough
    where there is one node and nothing hangs on an order.
    """
    waiting = list(scheduler.waiting())
    templates = [scheduler.pods[number].template for number in range(len(scheduler.pods))]
    size = {number: sum(amount for _, amount in templates[number].request) for number in waiting}
    largest = sorted(waiting, key=lambda number: -size[number])
    ways = [waiting, waiting[::-1], largest, largest[::-1]]
    if len(scheduler.cluster.nodes) <= 1 and not Problem(scheduler).chains:
        ways, runs = ways[:1], 1
    for run in range(runs):
        if run < len(ways):
            way = ways[run]
        else:
            way = list(waiting)
            Random(run).shuffle(way)  # noqa: S311 (nothing secret hangs on it)
        yield sorted(way, key=lambda number: -templates[number].priority)


def _beyond_bounds(problem: Problem, so_far: Verdict, steps: int, second_opinion: Solver | None) -> Verdict:
    """Looks for a placement where no simple bound forbids one."""
    fewest = so_far.most_pending
    for seed in range(_PACKINGS):
        placements, left = pack(problem, seed=seed)
        if not left:
            return replace(
                so_far, answer=Answer.ON_PAPER, most_pending=0, placement=assigned(problem, placements)
            )
        fewest = min(fewest, left)
    found = search(problem, steps=steps)
    if found.gave_up and second_opinion is not None:
        found = second_opinion(problem)
    if found.placements is not None:
        return replace(
            so_far, answer=Answer.ON_PAPER, most_pending=0, placement=assigned(problem, found.placements)
        )
    if found.gave_up:
        return replace(so_far, most_pending=fewest)
    reason = smallest_core(problem, steps)
    return replace(so_far, answer=Answer.IMPOSSIBLE, reason=reason, least_pending=1, most_pending=fewest)


def smallest_core(problem: Problem, steps: int) -> Reason:
    """The pods that cannot be placed together, none of them without which the others could not either."""
    # What looks at one another stays together: without the one, the other could not be there either.
    units = [
        *problem.chains,
        *([each.template] for each in problem.groups if each.template not in problem.bound),
    ]
    left_out: frozenset[int] = frozenset()
    for unit in units:
        fewer = left_out.union(unit)
        part = Problem(problem.scheduler, without=fewer)
        if part.groups:
            found = search(part, steps=steps)
            if found.placements is None and not found.gave_up:
                left_out = fewer
    groups = Problem(problem.scheduler, without=left_out).groups
    pods = tuple((each.name, each.count) for each in groups)
    nodes = 0
    for each in groups:
        nodes |= each.nodes
    count = nodes.bit_count()
    where = f"{count} node{'' if count == 1 else 's'}"
    sentence = f"no way to place {pods_text(pods)} together on {where}: every one was tried"
    return Reason(sentence, pods)


def assigned(problem: Problem, placements: Sequence[tuple[int, int]]) -> dict[int, str]:
    """A node's name for each pod's number."""
    left = {each.template: list(reversed(each.pods)) for each in problem.groups}
    return {left[template].pop(): problem.cluster.nodes[node].name for template, node in placements}


def _left(scheduler: Scheduler, outcome: Outcome) -> list[int]:
    return [number for number in outcome.pending if not scheduler.pods[number].gated]


def _placed(outcome: Outcome) -> dict[int, str]:
    return {number: node for number, node in enumerate(outcome.nodes) if node is not None}
