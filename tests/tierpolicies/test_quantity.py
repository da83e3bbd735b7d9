"""Quantities as exact integers."""

import contextlib
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.quantity import (
    QuantityError,
    bytes_text,
    cpu_text,
    parse_bytes,
    parse_cpu,
)

SUFFIXES = {"": 1, "k": 10**3, "M": 10**6, "G": 10**9, "Ki": 2**10, "Mi": 2**20, "Gi": 2**30}


@pytest.mark.parametrize(
    ("quantity", "millicores"),
    [("250m", 250), ("1", 1000), ("0.1", 100), (".5", 500), (2, 2000), (1.5, 1500), ("1n", 1)],
)
def test_cpu_is_in_millicores(quantity: object, millicores: int) -> None:
    assert parse_cpu(quantity) == millicores


@pytest.mark.parametrize(
    ("quantity", "size"),
    [("1Gi", 2**30), ("1.5Ki", 1536), ("1E", 10**18), ("1e3", 1000), ("1E3", 1000), ("1m", 1)],
)
def test_memory_is_in_bytes(quantity: object, size: int) -> None:
    assert parse_bytes(quantity) == size


@given(st.integers(0, 10**9), st.integers(0, 10**6), st.sampled_from(sorted(SUFFIXES)), st.booleans())
def test_nothing_is_lost_but_what_rounds_up(whole: int, part: int, suffix: str, signed: bool) -> None:
    text = f"{'+' if signed else ''}{whole}.{part}{suffix}"
    exact = (whole + Fraction(part, 10 ** len(str(part)))) * SUFFIXES[suffix]
    assert parse_bytes(text) == math.ceil(exact)
    assert parse_cpu(text) == math.ceil(exact * 1000)


@pytest.mark.parametrize(
    "quantity", ["", "m", "1 Gi", "1GB", "1kI", "-1", "1e", "1e99", "0x1", "1..2", None, True, []]
)
def test_what_is_no_quantity_is_refused_with_a_reason(quantity: object) -> None:
    with pytest.raises(QuantityError, match=r"quantity|negative"):
        parse_bytes(quantity)


@given(st.text(max_size=12))
def test_any_text_is_a_quantity_or_refused(text: str) -> None:
    with contextlib.suppress(QuantityError):
        assert parse_bytes(text) >= 0


def test_figures_are_written_for_people() -> None:
    assert cpu_text(1450) == "1450m"
    sizes = (512, 512 * 2**20, int(2.75 * 2**30), 3688 * 2**20, 10**15)
    assert [bytes_text(size) for size in sizes] == ["512", "512Mi", "2.75Gi", "3.6Gi", "909.49Ti"]
