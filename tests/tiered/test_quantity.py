"""Quantities: the spelling that the API server gives back, and never another amount."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tiered.errors import TieredError
from tiered.origin import Origin, Text, origin_of
from tiered.quantity import canonical, cpu, memory, parse


@pytest.mark.parametrize(
    ("written", "given_back"),
    [
        ("1000m", "1"),
        ("0.1", "100m"),
        ("1500m", "1500m"),
        ("3072Mi", "3Gi"),
        ("1.5Gi", "1536Mi"),
        ("0.5Ki", "512"),
        ("1e3", "1k"),
        ("1E3", "1k"),
        ("1000000", "1M"),
        ("1024", "1024"),
        ("0", "0"),
        ("0Mi", "0"),
        ("+5", "5"),
        ("-2", "-2"),
        (".5", "500m"),
        ("5.", "5"),
        ("0.0000001", "100n"),
        ("0.0000000001", "1n"),
        ("100M", "100M"),
    ],
)
def test_the_canonical_form_is_that_of_the_api_server(written: str, given_back: str) -> None:
    assert canonical(written) == given_back


@pytest.mark.parametrize("text", ["", "m", "1 Gi", "1gi", "0x10", "1e", "1e400", "--1", "1KI", "NaN", "1\n"])
def test_what_is_no_quantity_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(TieredError):
        canonical(text)


_SUFFIXES = st.sampled_from(["", "m", "k", "M", "G", "Ki", "Mi", "Gi", "e3", "E6"])


@given(number=st.decimals(min_value=0, max_value=10**6, places=3), suffix=_SUFFIXES)
def test_the_amount_never_changes_and_the_form_is_stable(number: object, suffix: str) -> None:
    once = canonical(f"{number}{suffix}")

    assert parse(once) == parse(f"{number}{suffix}")
    assert canonical(once) == once


@given(
    st.fractions(min_value=0, max_value=10**6, max_denominator=1000).filter(
        lambda f: 1000 % f.denominator == 0
    )
)
def test_sums_are_written_exactly(amount: Fraction) -> None:
    assert parse(cpu(amount)) == amount
    assert parse(memory(amount)) == amount


def test_the_origin_survives() -> None:
    described = Text("1000m", Origin("platform.yaml", 7, 3))

    assert origin_of(canonical(described)) == Origin("platform.yaml", 7, 3)
