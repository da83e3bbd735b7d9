"""Ten thousand small problems: the exact search, the bounds and the verdict against every sequence there
is."""

from __future__ import annotations

import pytest

from tests.tierpolicies.capacity.proof.small_problems import can_all_be_placed, problem, replayed
from tierpolicies.capacity.proof.bounds import broken
from tierpolicies.capacity.proof.decision import Answer, assigned, decide
from tierpolicies.capacity.proof.packing import pack
from tierpolicies.capacity.proof.problem import Problem
from tierpolicies.capacity.proof.search import search
from tierpolicies.capacity.scheduler.simulation import Scheduler

CHUNK = 500
STEPS = 10**6


@pytest.mark.parametrize("first", range(0, 10_000, CHUNK))
def test_a_placement_is_found_exactly_where_there_is_one(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        exists = can_all_be_placed(nodes, pods)
        scheduler = Scheduler(nodes, pods)
        found = search(Problem(scheduler), steps=STEPS)
        assert not found.gave_up
        assert (found.placements is not None) == exists, seed
        if found.placements is not None:
            order = assigned(Problem(scheduler), found.placements)
            assert replayed(nodes, pods, list(order.items())), seed


@pytest.mark.parametrize("first", range(0, 2_000, CHUNK))
def test_no_bound_forbids_what_exists_and_no_rule_of_thumb_invents(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        exists = can_all_be_placed(nodes, pods)
        made = Problem(Scheduler(nodes, pods))
        reason = broken(made)
        assert reason is None or not exists, (seed, reason)
        placements, left = pack(made, seed=seed)
        if not left:
            assert replayed(nodes, pods, list(assigned(made, placements).items())), seed


@pytest.mark.parametrize("first", range(0, 2_000, CHUNK))
def test_a_verdict_says_what_is_so(first: int) -> None:
    for seed in range(first, first + CHUNK):
        nodes, pods = problem(seed)
        exists = can_all_be_placed(nodes, pods)
        verdict = decide(Scheduler(nodes, pods))
        assert verdict.answer is not Answer.UNDECIDED
        assert (verdict.answer is not Answer.IMPOSSIBLE) == exists, seed
        assert (verdict.reason is not None) == (verdict.answer is Answer.IMPOSSIBLE)
        if exists:
            assert set(verdict.placement) == set(range(len(pods)))
