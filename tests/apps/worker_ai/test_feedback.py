"""What a user reads: complete, in order, within bounds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.jobs.result import Category, Classification, JobResult
from apps.worker_ai.feedback.composition import LONGEST, UNSURE, compose
from apps.worker_ai.feedback.rules import RULES, SOURCE

_classifications = st.builds(
    Classification,
    item=st.text(min_size=1, max_size=120),
    material=st.text(min_size=1, max_size=120),
    category=st.sampled_from(Category),
    disposal_steps=st.lists(st.text(min_size=1, max_size=300), min_size=1, max_size=12),
    confidence=st.floats(0, 1),
)


def found(category: Category = Category.PET_BOTTLE, confidence: float = 0.9) -> Classification:
    return Classification(
        item="drink bottle",
        material="clear PET",
        category=category,
        disposal_steps=("Empty it.", "Take the label off."),
        confidence=confidence,
    )


@given(classification=_classifications)
def test_a_text_fits_and_no_warning_is_left_out(classification):
    text = compose(classification)
    assert len(text) <= LONGEST
    warning = RULES[classification.category].warning
    assert warning is None or warning in text
    assert ("Not certain" in text) == (classification.confidence < UNSURE)


def test_the_answer_to_the_app_takes_the_longest_text():
    (limit,) = [rule.max_length for rule in JobResult.model_fields["feedback"].metadata]
    assert limit >= LONGEST


def test_steps_stand_in_order_under_what_it_is():
    lines = compose(found()).splitlines()
    assert lines[:3] == [
        "Drink bottle (clear PET) → clear PET bottles (투명 페트병)",
        "1. Empty it.",
        "2. Take the label off.",
    ]
    assert lines[-1].startswith(f"Source: {SOURCE.title}")


def test_only_steps_are_left_out_of_a_long_text():
    steps = tuple(f"{number} {'x' * 290}" for number in range(12))
    text = compose(found(Category.BATTERY, 0.1).model_copy(update={"disposal_steps": steps}))
    assert "1. 0 x" in text
    assert "12. 11 x" not in text
    assert "Careful: " in text
    assert "Not certain (10%)" in text


@pytest.mark.parametrize(
    "category", [Category.BATTERY, Category.LAMP, Category.HAZARDOUS, Category.ELECTRONICS]
)
def test_what_is_dangerous_is_warned_of(category):
    assert "Careful: " in compose(found(category))


def test_a_photo_without_waste_asks_for_another_one():
    text = compose(found(Category.NOT_WASTE))
    assert "no waste" in text
    assert "Empty it" not in text


def test_every_category_has_rules_and_the_source_is_named():
    assert set(RULES) == set(Category)
    assert "Ministry of Environment" in SOURCE.publisher
