"""One value changed or removed, and not a character beside it."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.scalars import Scalar
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.finding import Mend
from tierpolicies.platform import Place
from tierwright.fixing.edit import changed_line, edited

TEXT = """# the whole
shop:
  replicas: 3   # two and a spare
  calls: [redis, "store", 'a''b']
  name: "web"
list:
  # about one
  - name: one
    text: |
      lines

  # about two
  - name: two
    deep: {a: 1}
  - three
tail: end
"""


def mended(old: Scalar, value: Scalar, line: int, column: int) -> str | None:
    return edited(TEXT, Mend(Place("f", line, column), old, value))


def removed(line: int, column: int, text: str = TEXT) -> str | None:
    return edited(text, Mend(Place("f", line, column), remove=True))


@pytest.mark.parametrize(
    ("old", "value", "line", "column", "written"),
    [
        (3, 2, 3, 13, "  replicas: 2   # two and a spare"),
        ("redis", "redis-cache", 4, 11, "  calls: [redis-cache, \"store\", 'a''b']"),
        ("redis", "a,b", 4, 11, "  calls: ['a,b', \"store\", 'a''b']"),
        ("store", "shelf", 4, 18, "  calls: [redis, \"shelf\", 'a''b']"),
        ("a'b", "it's", 4, 27, "  calls: [redis, \"store\", 'it''s']"),
        ("web", 'say "hi"', 5, 9, '  name: "say \\"hi\\""'),
        ("web", 5, 5, 9, "  name: 5"),
        ("web", "0\n", 5, 9, '  name: "0\\n"'),
        ("redis", "0\n", 4, 11, "  calls: [\"0\\n\", \"store\", 'a''b']"),
        ("replicas", "count", 3, 3, "  count: 3   # two and a spare"),
        ("redis", "on", 4, 11, "  calls: [\"on\", \"store\", 'a''b']"),
    ],
)
def test_a_value_or_a_key_changes_alone(
    old: Scalar, value: Scalar, line: int, column: int, written: str
) -> None:
    after = mended(old, value, line, column)
    assert after is not None
    assert changed_line(TEXT, after) == (line, written)


@pytest.mark.parametrize(("old", "line", "column"), [(4, 3, 13), (3, 3, 12), ("one", 99, 1), ("shop", 2, 2)])
def test_what_does_not_stand_there_is_not_touched(old: Scalar, line: int, column: int) -> None:
    assert mended(old, "other", line, column) is None


@pytest.mark.parametrize(
    ("line", "column", "gone"),
    [(8, 5, range(7, 11)), (13, 5, range(12, 15)), (15, 5, range(15, 16))],
)
def test_an_item_goes_with_the_comment_above_it(line: int, column: int, gone: range) -> None:
    after = removed(line, column)
    assert after is not None
    lines = TEXT.split("\n")
    assert after.split("\n") == [each for number, each in enumerate(lines, start=1) if number not in gone]


def test_without_its_last_item_a_list_is_empty() -> None:
    assert removed(2, 5, "waivers:\n  - rule: a\n    object: b\nmore: 1\n") == "waivers: []\nmore: 1\n"


def test_only_items_of_block_lists_are_removed() -> None:
    assert removed(4, 11) is None
    assert removed(3, 13) is None


@given(
    st.dictionaries(st.text("abcxz", min_size=1), st.integers(-9, 9) | st.text(max_size=9), min_size=1),
    st.text(max_size=12),
    st.data(),
)
def test_whatever_is_written_is_read_back_and_the_rest_is_the_same(
    document: dict[str, int | str], value: str, data: st.DataObject
) -> None:
    text = yaml.safe_dump(document, allow_unicode=True, default_flow_style=data.draw(st.booleans()))
    key = data.draw(st.sampled_from(sorted(document)))
    source = parse(text, file="f.yaml")
    assert isinstance(source.value, dict)
    line, column = source.position(f"/{key}")
    old = source.value[key]
    assert not isinstance(old, dict | list)
    after = edited(text, Mend(Place("f", line, column), old, value))
    assert after is not None
    assert parse(after, file="f.yaml").value == {**source.value, key: value}
