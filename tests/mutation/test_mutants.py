"""Mistakes of many kinds in every object that has a place for them: the rule that should finds them."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tests.mutation.catalog import OPERATORS
from tests.mutation.operator import Operator
from tests.mutation.trial import Mutant, Trial
from tierpolicies.engine.registry import rule_names

LEAST = 0.98
ESCAPES: frozenset[str] = frozenset()
"""Mutants that no rule finds, and rightly so: `name of the environment: mistake: object`."""


def escaped(trial: Trial, operator: Operator) -> tuple[list[Mutant], int]:
    """The mutants of a kind that the rules for it do not find, and how many there are in all."""
    mutants = trial.mutants(operator)
    return [each for each in mutants if not trial.new(each, operator.rules)], len(mutants)


def test_there_are_many_kinds_of_mistakes() -> None:
    assert len(OPERATORS) >= 25
    assert {rule for operator in OPERATORS for rule in operator.rules} <= set(rule_names())


@pytest.mark.parametrize("name", ["prod", "orchard"])
def test_before_any_mistake_nothing_is_found(trials: Mapping[str, Trial], name: str) -> None:
    assert trials[name].failing(trials[name].tree) == {}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name.replace(" ", "-"))
def test_a_mistake_is_found_by_its_rule(trials: Mapping[str, Trial], operator: Operator) -> None:
    found = {name: escaped(trial, operator) for name, trial in trials.items()}
    count = sum(number for _, number in found.values())
    missed = [f"{name}: {mutant}" for name, (mutants, _) in found.items() for mutant in mutants]
    assert count > 0
    assert len(missed) <= (1 - LEAST) * count or set(missed) <= ESCAPES, missed
