"""A problem as it is printed, and read again by whoever ran the command."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tierwright.description.problems import Problem

line = st.text(st.characters(exclude_categories=["C", "Z"]) | st.just(" ")).map(str.strip)
problem = st.builds(
    Problem,
    file=line.map(lambda name: f"apps/{name.replace(':', '')}.yaml"),
    line=st.integers(1, 10**6),
    column=st.integers(1, 10**6),
    message=line,
    mend=line,
)


@given(st.lists(problem, max_size=4))
def test_what_is_printed_is_read_again(problems: list[Problem]) -> None:
    text = "\n".join(["waiting …", *map(str, problems), "tierwright: so many problems in the description"])
    assert Problem.told(text) == problems
