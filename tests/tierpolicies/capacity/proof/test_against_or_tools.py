"""Five hundred larger problems, with much on few nodes: the prover against OR-Tools."""

from __future__ import annotations

import random
import subprocess
import sys

import pytest

from tierpolicies.capacity.model.affinity import NO_TERMS, PodTerm, PodTerms
from tierpolicies.capacity.model.node import HOST, ZONE, Node
from tierpolicies.capacity.model.pod import Pod, Template
from tierpolicies.capacity.model.selectors import Requirement, Selector
from tierpolicies.capacity.proof.decision import Answer, decide
from tierpolicies.capacity.proof.or_tools import solve
from tierpolicies.capacity.proof.problem import Problem
from tierpolicies.capacity.proof.search import search
from tierpolicies.capacity.scheduler.simulation import Scheduler

CHUNK = 50
STEPS = 10**6


def problem(seed: int) -> tuple[list[Node], list[Pod]]:
    """Four to twelve nodes that are nearly full, or a little too small, and kinds that keep apart."""
    dice = random.Random(seed)
    shapes = [(dice.choice((1, 2, 3, 5)), dice.choice((1, 2, 4, 6))) for _ in range(dice.randint(3, 6))]
    counts = [dice.randint(2, 8) for _ in shapes]
    size = dice.randint(4, 12)
    room = [
        max(sum(shape[which] * count for shape, count in zip(shapes, counts, strict=True)), size)
        for which in (0, 1)
    ]
    tightness = dice.choice((0.93, 1.0, 1.0, 1.05, 1.15))
    nodes = []
    for number in range(size):
        part = dice.choice((0.8, 1.0, 1.2))
        given = {"cpu": int(room[0] / size * part * tightness) + 1, "memory": int(room[1] / size * part) + 2}
        labels = {HOST: f"n{number}", ZONE: f"z{number % 3}", "half": str(number % 2)}
        nodes.append(Node(f"n{number}", given, labels=labels))
    pods = []
    for kind, ((cpu, memory), count) in enumerate(zip(shapes, counts, strict=True)):
        own = Selector((Requirement("app", "In", (f"k{kind}", f"k{dice.randrange(len(shapes))}")),))
        is_apart = count <= size and dice.random() < 0.25
        template = Template(
            labels=(("app", f"k{kind}"),),
            request=(("cpu", cpu), ("memory", memory)),
            node_selector=(Requirement("half", "In", ("0",)),) if dice.random() < 0.2 else (),
            terms=PodTerms(apart=(PodTerm(own, HOST, ("default",)),)) if is_apart else NO_TERMS,
        )
        pods += [Pod(f"k{kind}-{number}", template, workload=f"k{kind}") for number in range(count)]
    return nodes, pods


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_both_say_the_same(first: int) -> None:
    undecided = []
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        scheduler = Scheduler(nodes, pods)
        theirs = solve(Problem(scheduler))
        assert not theirs.gave_up
        verdict = decide(scheduler, runs=2, steps=STEPS)
        if verdict.answer is Answer.UNDECIDED:
            undecided.append(seed)
            continue
        assert (verdict.answer is not Answer.IMPOSSIBLE) == (theirs.placements is not None), seed
    assert undecided == []


@pytest.mark.parametrize("seed", range(0, 500, 25))
def test_their_placement_is_replayed_and_holds(seed: int) -> None:
    nodes, pods = problem(seed)
    made = Problem(Scheduler(nodes, pods))
    for template, node in solve(made).placements or ():
        assert node in made.scheduler.assessment(template).feasible()
        made.cluster.place(template, node)


def test_a_second_opinion_decides_what_the_search_leaves_open() -> None:
    nodes, pods = problem(7)
    scheduler = Scheduler(nodes, pods)
    assert search(Problem(scheduler), steps=1).gave_up
    verdict = decide(scheduler, steps=1, second_opinion=solve)
    assert verdict.answer is not Answer.UNDECIDED


def test_nothing_else_imports_it() -> None:
    command = (
        "import sys, tierpolicies.capacity, tierpolicies.capacity.judged; print('ortools' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", command], capture_output=True, text=True, check=True)
    assert found.stdout == "False\n"
