"""JSON as Kubernetes reads it, and what Python's own reader would let pass."""

import json

import pytest

from tierpolicies.documents.json_reader import as_yaml
from tierpolicies.documents.yaml_source import parse


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ('{"a": 1,\n "b": {"c": 1, "c": 2}}', "duplicate-key", (2, 16)),
        ("[" * 203 + "]" * 203, "nesting", None),
        ('{"a":' * 5000 + "1" + "}" * 5000, "nesting", None),
        ('{"a": NaN}', "number", (1, 1)),
        ('{"a": 1e999}', "number", (1, 1)),
        (f'{{"a": {"9" * 1000}}}', "number", (1, 1)),
        (f'{{"a": {"9" * 5000}}}', "number", (1, 1)),
        ('{"a": "\\ud83d"}', "encoding", (1, 1)),
        ('{"a":\n 1,}', "syntax", (2, 4)),
        ("", "syntax", (1, 1)),
    ],
)
def test_a_problem_names_its_kind_and_place(text: str, kind: str, place: tuple[int, int] | None) -> None:
    (problem,) = parse(text, file="x.json").problems
    assert problem.kind == kind
    assert place is None or (problem.line, problem.column) == place


def test_the_last_of_equal_keys_counts() -> None:
    source = parse('{"a": 1, "a": 2}', file="x.json")
    assert source.value == {"a": 2}
    assert source.position("/a") == (1, 15)


def test_what_is_nested_within_bounds_is_read() -> None:
    for depth in (150, 199, 200):
        source = parse("[" * depth + "]" * depth, file="x.json")
        assert not source.problems
        assert json.dumps(source.value) == "[" * depth + "]" * depth


def test_keys_that_yaml_does_not_take_are_read() -> None:
    """libyaml takes no key of more than 1024 characters, and no colon on another line."""
    source = parse('{"%s": 1,\n "b"\n: [2]}' % ("a" * 2000), file="x.json")
    assert source.value == {"a" * 2000: 1, "b": [2]}
    assert source.problems == ()
    assert source.position("/b/0") == (1, 1)


def test_every_character_stays_in_its_place() -> None:
    text = '{"a": "\\ud83d\\ude00\x7f\u2028",\t"b": 1}'
    assert len(as_yaml(text)) == len(text)
    assert parse(text, file="x.json").position("/b") == (1, text.index("1") + 1)
