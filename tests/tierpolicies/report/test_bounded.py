"""Whole pieces within a limit."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.report.bounded import Section, bounded, size

PIECES = st.lists(st.text(max_size=40).map(lambda each: f"<{each}>\n"), max_size=30)


def more(number: int) -> str:
    return f"and {number} more\n"


@given(parts=st.lists(st.tuples(PIECES, st.booleans()), max_size=5), limit=st.integers(300, 3000))
def test_at_every_limit_pieces_are_whole_or_counted(parts: list[tuple[list[str], bool]], limit: int) -> None:
    sections = [
        Section(f"[{at}\n", items, len(items), more, f"{at}]\n", continued)
        for at, (items, continued) in enumerate(parts)
    ]
    page = bounded([Section("first\n"), *sections, Section("last\n")], limit=limit)
    assert size(page) <= limit
    assert page.startswith("first\n")
    assert page.endswith("last\n")
    at = len("first\n")
    was_full = False
    for number, (items, continued) in enumerate(parts):
        at = page.index(f"[{number}\n", at) + len(f"[{number}\n")
        admitted = 0
        while admitted < len(items) and page.startswith(items[admitted], at):
            at += len(items[admitted])
            admitted += 1
        if left := len(items) - admitted:
            assert page.startswith(more(left), at)
            at += len(more(left))
        assert page.startswith(f"{number}]\n", at)
        if continued and was_full:
            assert admitted == 0
        was_full = left > 0


def test_items_are_not_made_without_room() -> None:
    made = []

    def items():
        for number in range(10**9):
            made.append(number)
            yield "ten bytes\n"

    page = bounded([Section("", items(), 10**9, more)], limit=1000)
    assert len(made) < 100
    assert page.count("ten bytes") == len(made) - 1


def test_the_first_and_the_last_section_outlive_the_others() -> None:
    sections = [Section("first\n"), *(Section("x" * 500 + "\n") for _ in range(5)), Section("last\n")]
    assert bounded(sections, limit=1200).count("x" * 500) == 2
    assert bounded(sections, limit=20) == "first\n\nlast\n"
