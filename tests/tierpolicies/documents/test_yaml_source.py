"""Text to values as Kubernetes reads them, with the place of each."""

import json
import math
import subprocess
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.yaml_source import parse, parse_all, pointer, steps

SCALARS = """
y Y yes Yes YES n N no No NO on off On OFF true True TRUE false False ~ null Null NULL
0 7 -7 +7 017 -017 08 -08 0o17 0O17 0x1F -0x1F 0X1f 0b11 -0b11 1_000 1__0 _1 0x_1 12:30 190:20:30
1.0 1.5 -1.5 +.5 .5 -.5 5. 1e3 1E3 1e-7 1.5e3 1e400 -0.0 ._5 1e 0x 0b2 0o8 1.2.3
2001-01-01 2001-01-01T00:00:00Z 123456789012345678 9223372036854775807
= << .foo e3 yEs nULL +a -a .e3 0x1p-2 1e+3 +1e3 00 0.1 1,000 !!str\u00a05 \u00e9
!!float\u00a03 !!int\u00a0"5" !foo\u00a07 !!binary\u00a0aGVsbG8= "5" '5' !\u00a0"5"
""".replace("\n", " ").strip()

JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: number % 1 != 0)
    | st.text(
        st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff")
    ),
    lambda inner: st.lists(inner) | st.dictionaries(st.text("abc~/\u00e9", max_size=4), inner),
    max_leaves=20,
)


def test_plain_scalars_mean_what_an_independent_go_reader_says(tmp_path: Path) -> None:
    """Go's reader is kubectl's own; every scalar stands under a key of a ConfigMap."""
    scalars = [scalar.replace("\u00a0", " ") for scalar in SCALARS.split(" ")]
    lines = "".join(f"  k{index}: {scalar}\n" for index, scalar in enumerate(scalars))
    text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: x}}\ndata:\n{lines}"
    file = tmp_path / "scalars.yaml"
    file.write_text(text, "utf-8")
    command = ["kubectl", "label", "--local", "-f", str(file), "x=y", "-o", "json"]
    told = subprocess.run(command, capture_output=True, check=True, text=True).stdout
    expected = json.loads(told)["data"]
    value: Any = parse(text, file="scalars.yaml").value
    assert {
        scalar: (type(value["data"][f"k{index}"]), value["data"][f"k{index}"])
        for index, scalar in enumerate(scalars)
    } == {
        scalar: (type(expected[f"k{index}"]), expected[f"k{index}"]) for index, scalar in enumerate(scalars)
    }


@given(JSON_VALUES)
def test_json_is_read_alike_as_json_and_as_yaml(value: Any) -> None:
    text = json.dumps(value, ensure_ascii=False)
    as_json = parse(text, file="value.json")
    as_yaml = parse(text, file="value.yaml")
    assert as_json.value == as_yaml.value == value
    assert as_json.problems == as_yaml.problems == ()


@given(JSON_VALUES)
def test_every_value_is_found_where_it_stands(value: Any) -> None:
    text = json.dumps(value, indent=1, ensure_ascii=False)
    source = parse(text, file="value.json")
    lines = text.split("\n")

    def check(part: Any, path: tuple[str | int, ...]) -> None:
        line, column = source.position(pointer(path))
        assert lines[line - 1][column - 1 :].startswith(json.dumps(part, ensure_ascii=False)[:1])
        if isinstance(part, dict):
            for key, child in part.items():
                check(child, (*path, key))
        elif isinstance(part, list):
            for index, child in enumerate(part):
                check(child, (*path, index))

    check(value, ())


@given(st.text())
def test_json_may_hold_what_yaml_forbids(text: str) -> None:
    source = parse(json.dumps([text, "end"], ensure_ascii=False), file="value.json")
    assert source.value == [text, "end"]
    assert source.position("/1")[0] == 1


def test_half_of_a_surrogate_pair_is_a_problem() -> None:
    assert parse('["\\ud83d"]', file="x.json").problems[0].kind == "encoding"


@given(st.text() | st.text("{}[]:-&*!|>'\"%@#,?<~ \n\tab01.e"))
def test_no_text_crashes_the_reader(text: str) -> None:
    for file in ("any.yaml", "any.json"):
        for source in parse_all(text, file=file):
            for problem in source.problems:
                assert problem.message
                assert 1 <= problem.line <= text.count("\n") + text.count("\r") + 2
                assert problem.column >= 1


@given(st.lists(st.text("ab~/0", max_size=3), max_size=4))
def test_pointers_escape_and_return(path: list[str]) -> None:
    assert steps(pointer(path)) == path


@pytest.mark.parametrize(
    ("text", "kind", "place"),
    [
        ("a: 1\nb: [1\n", "syntax", (3, 1)),
        ("a: 1\nb: 2\na: 3\n", "duplicate-key", (3, 1)),
        ("a: &a [*a]", "nesting", None),
        ("[" * 100_000, "nesting", None),
        ("- " * 100_000, "nesting", None),
        ("? [a]\n: 1", "key", (1, 3)),
        ("a: .nan", "number", (1, 4)),
        ("a: !!int x", "tag", (1, 4)),
        ("a: 1\n---\nb: 2", "documents", (3, 1)),
        ("a: \x01", "encoding", (1, 4)),
    ],
)
def test_a_problem_names_its_kind_and_place(text: str, kind: str, place: tuple[int, int] | None) -> None:
    problem = parse(text, file="x.yaml").problems[-1]
    assert problem.kind == kind
    assert place is None or (problem.line, problem.column) == place


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a:\n\tb: 1\n", 2),
        ("a:\n  b: 1\n\tc: 2\n", 3),
        ("a:\n  b: 1\n  \tc: 2\n", 3),
        ("a: 1\n---\nb:\n\t- 1\n", 4),
    ],
)
def test_a_tab_is_told_as_a_tab(text: str, line: int) -> None:
    (problem,) = (each for source in parse_all(text, file="x.yaml") for each in source.problems)
    assert f"a tab stands at line {line}: indent with spaces" in problem.message
    assert problem.line == line


def test_a_duplicate_key_says_where_the_first_one_stands() -> None:
    sources = parse_all("a: [\n---\nx:\n  k: 1\n  l: 2\n  k: 3\n  k: 4\n", file="x.yaml")
    told = [(each.line, each.message) for each in sources[1].problems]
    message = "the key 'k' stands here a second time, first in line 4; only the last one counts"
    assert told == [(6, message), (7, message)]


def test_aliases_expand_within_a_budget() -> None:
    lines = ["a0: &a0 [x, x]"]
    lines += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    source = parse("\n".join(lines), file="bomb.yaml")
    assert [problem.kind for problem in source.problems] == ["alias"]


def test_a_broken_document_hides_no_other_and_moves_none() -> None:
    sources = parse_all("a: 1\n---\nb: [\n---\nc:\n  d: 4\n", file="x.yaml")
    assert [source.value for source in sources] == [{"a": 1}, None, {"c": {"d": 4}}]
    assert sources[2].position("/c/d") == (6, 6)
    assert sources[2].position("/c/d", key=True) == (6, 3)
    assert sources[2].position("/c/nowhere") == sources[2].position("/c")


def test_merge_keys_give_values_and_places() -> None:
    source = parse("a: &a {x: 1}\nb:\n  <<: *a\n  z: 2\n", file="x.yaml")
    assert source.value == {"a": {"x": 1}, "b": {"x": 1, "z": 2}}
    assert source.position("/b/x") == (1, 11)


def test_a_value_and_its_place_agree_on_which_key_counts() -> None:
    """A merge overrides what stands before it, and is overridden by what follows, as in Kubernetes."""
    source = parse("a: &a {k: 1, l: 2}\nb:\n  k: 3\n  <<: [*a, {k: 8, m: 9}]\n  l: 4\n", file="x.yaml")
    assert source.value == {"a": {"k": 1, "l": 2}, "b": {"k": 1, "l": 4, "m": 9}}
    assert [source.position(f"/b/{key}")[0] for key in "klm"] == [1, 5, 4]


def test_a_mapping_merged_into_itself_has_places() -> None:
    source = parse("a: &a\n  <<: [*a]\n  x: 1\n", file="x.yaml")
    assert source.position("/a/x") == (3, 6)
    assert source.position("/a/nowhere") == source.position("/a")


def test_a_long_chain_of_merges_has_places() -> None:
    chain = "".join(f"a{n}: &a{n} {{<<: *a{n - 1}}}\n" for n in range(1, 3000))
    source = parse(f"a0: &a0 {{x: 1}}\n{chain}<<: *a2999\nitems: [1]\n", file="x.yaml")
    assert source.position("/items/0") == (3002, 9)


def test_floats_stay_finite() -> None:
    value = parse("a: 1e308", file="x.yaml").value
    assert isinstance(value, dict)
    assert math.isfinite(float(str(value["a"])))
