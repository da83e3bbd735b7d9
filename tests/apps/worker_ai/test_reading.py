"""Whatever the model writes, what is read of it is a bounded, plain classification, or an error."""

from __future__ import annotations

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from apps.common.jobs.result import Category
from apps.worker_ai.feedback.rules import RULES
from apps.worker_ai.prompt import MAX_STEPS
from apps.worker_ai.reading import NAME_LENGTH, STEP_LENGTH, AnswerInvalid, read, usable

GOOD = {
    "item": "drink bottle",
    "material": "transparent PET",
    "category": "pet-bottle",
    "disposal_steps": ["Empty it.", "Take the label off."],
    "confidence": 0.93,
}
_words = st.text(max_size=400)
_answers = st.fixed_dictionaries(
    {
        "item": _words,
        "material": _words,
        "category": st.sampled_from([str(each) for each in Category]),
        "disposal_steps": st.lists(_words, max_size=20),
        "confidence": st.floats(0, 1),
    }
)
_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _words,
    lambda inner: st.lists(inner) | st.dictionaries(st.sampled_from([*GOOD, "more"]), inner),
    max_leaves=10,
)


def wrote(**changes: object) -> str:
    return json.dumps({key: value for key, value in (GOOD | changes).items() if value is not None})


def complaint(text: str) -> str:
    try:
        read(text)
    except AnswerInvalid as error:
        return str(error)
    return ""


@given(answer=_answers)
def test_what_is_read_is_plain_and_bounded(answer):
    text = json.dumps(answer)
    if not usable(text):
        return
    found = read(text)
    lines = (found.item, found.material, *found.disposal_steps)
    assert all(line.isprintable() and line == line.strip() and line for line in lines)
    assert not [line for line in lines if set("<>`*#[]{}|") & set(line) or "http:" in line.lower()]
    assert max(len(found.item), len(found.material)) <= NAME_LENGTH
    assert all(len(step) <= STEP_LENGTH for step in found.disposal_steps)
    assert 1 <= len(found.disposal_steps) <= MAX_STEPS


@given(answer=_answers)
@example(
    answer={
        "item": "can",
        "material": "tin",
        "category": "metal",
        "disposal_steps": ["`- 1. Rinse it."],
        "confidence": 0.5,
    }
)
def test_what_was_read_reads_the_same_again(answer):
    text = json.dumps(answer)
    if usable(text):
        found = read(text)
        assert read(found.model_dump_json()) == found


@given(text=st.text() | _values.map(json.dumps))
@example("")
@example("[" * 100_000)
@example('{"item": "' + "a" * 30_000 + '"}')
def test_anything_else_is_one_kind_of_error_that_repeats_none_of_it(text):
    told = complaint(text)
    assert len(told) < 300
    assert "aaaa" not in told


@pytest.mark.parametrize("confidence", [-0.1, 1.1, 93, float("nan"), float("inf"), "0.9", True, None])
def test_a_confidence_is_a_number_from_0_to_1(confidence):
    with pytest.raises(AnswerInvalid, match="confidence"):
        read(wrote(confidence=confidence))


@pytest.mark.parametrize("category", ["bottle", "", 1, None, "PET-BOTTLE", ["pet-bottle"]])
def test_a_category_is_one_of_the_platforms(category):
    with pytest.raises(AnswerInvalid, match="category"):
        read(wrote(category=category))


def test_without_usable_steps_those_of_the_category_are_told():
    found = read(wrote(disposal_steps=["", " \n", "See www.example.kr", "<!-- -->"]))
    assert found.disposal_steps == RULES[Category.PET_BOTTLE].steps


def test_numbers_and_repetitions_of_steps_are_left_out():
    steps = ["1. Empty it.", "2) Rinse it.", "- Empty it.", "Step 3: Press it flat."]
    assert read(wrote(disposal_steps=steps)).disposal_steps == ("Empty it.", "Rinse it.", "Press it flat.")


def test_figures_that_belong_to_a_step_stay():
    steps = ["3 batteries go to the box.", "1.5 l bottles are pressed flat."]
    assert read(wrote(disposal_steps=steps)).disposal_steps == tuple(steps)


def test_a_long_step_ends_at_a_word():
    (step,) = read(wrote(disposal_steps=["rinse " * 60])).disposal_steps
    assert step.endswith("rinse…")


def test_an_item_that_is_bait_is_no_answer():
    with pytest.raises(AnswerInvalid, match="no item"):
        read(wrote(item="visit https://win.example"))


def test_an_answer_that_says_no_material_is_usable():
    assert read(wrote(material=" ")).material == "unknown"
