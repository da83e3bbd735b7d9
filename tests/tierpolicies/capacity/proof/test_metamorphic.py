"""What may not change a verdict: more room, another order of objects, other names; and that a witness
holds."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from tests.tierpolicies.capacity.proof.small_problems import problem
from tierpolicies.capacity.proof.decision import Answer, Verdict, decide
from tierpolicies.capacity.scheduler.simulation import Scheduler

CHUNK = 100
GOOD = (Answer.FITS, Answer.ON_PAPER)


def verdict(seed: int) -> Verdict:
    return decide(Scheduler(*problem(seed)))


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_more_room_makes_nothing_impossible(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        if verdict(seed).answer in GOOD:
            roomier = [
                replace(node, allocatable={name: amount + 1 for name, amount in node.allocatable.items()})
                for node in nodes
            ]
            assert decide(Scheduler(roomier, pods)).answer in GOOD, seed


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_one_pod_less_of_a_kind_without_dependants_makes_nothing_impossible(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        if verdict(seed).answer in GOOD and not any(
            pod.template.terms.required or pod.template.spreads for pod in pods
        ):
            assert decide(Scheduler(nodes, pods[:-1])).answer in GOOD, seed


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_the_order_of_objects_and_their_names_do_not_matter(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        dice = random.Random(seed)
        mixed = dice.sample(nodes, len(nodes))
        renamed = [replace(pod, name=f"other-{pod.name}") for pod in dice.sample(pods, len(pods))]
        answers = {verdict(seed).answer in GOOD, decide(Scheduler(mixed, renamed)).answer in GOOD}
        assert len(answers) == 1, seed


@pytest.mark.parametrize("first", range(0, 500, CHUNK))
def test_a_witness_has_room_for_everything_at_once(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        found = verdict(seed)
        for node in nodes:
            here = [pods[number] for number, name in found.placement.items() if name == node.name]
            assert len(here) <= node.pods
            for resource, room in node.allocatable.items():
                assert sum(dict(pod.template.request).get(resource, 0) for pod in here) <= room


def test_the_same_question_has_the_same_answer() -> None:
    for seed in range(50):
        assert verdict(seed) == verdict(seed)
