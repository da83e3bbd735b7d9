"""The emitter is right when independent readers get back what was written."""

import json
import math
import subprocess
from collections.abc import Callable
from enum import IntEnum, StrEnum
from pathlib import Path
from types import MappingProxyType

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tiered.emitter import EmitError, emit, emit_all

WORDS, NUMBERS, INDICATORS = map(str.split, (
    "y n yes no on off true false null nan inf infinity ~ .nan .inf -.inf +.inf none t f",
    """
    0 1 -1 +1 007 08 0o17 0O17 017 0x1F 0X1f 0b101 -0b1 1_000 1_0.0 0_ 1.0 1. .5 +.5 -.5e3 1e3 1E3
    1e+3 1e-3 1.e3 .e3 1.5e+16 0x1p3 0x1p-2 12:30 1:30:45 190:20:30 -1:30 12:30.5 1.2.3.4 1.2.3 1e400
    9223372036854775808 1d 1f 1L 1,000 100m 512Mi 10s 10.0.0.0/16 1e 1e3m 2001-01-01 2001-1-1
    2001-12-14t21:59:43.10-05:00 2001-12-14T21:59:43Z
    """,
    """
    = < << - -- --- --a -a ... . .. ? : , [ ] { } # & * ! | > ' " % @ ` !!binary !!str &a *a [] {} ?a
    a: :a a:b a::b a:# a# a#b %YAML @a $(POD) | |- > >- [a {a a] a} 'a' "a" /a _1 _ ._ -. +. \\ \\n a\\b
    http://[::1]:80/?a=b&c=d
""",
))  # fmt: skip
SPACED = [
    "", " ", "  ", " a", "a ", "a  b", "a b", "a: b", "a :b", "a #b", "a # b", "- a", "? a", ": a",
    "a, b", "a - b", "--- a", "... a", "null a", "on on", "1 2", "2001-01-01 10:00:00", "key: [a",
]  # fmt: skip
LINES = [
    "\n", "\n\n", "a\n", "a\n\n", "a\n\n\n", "a\nb", "a\n\nb\n", " a\nb", "a\n b", "\na", "\n a\n",
    "a\n \nb", "a \nb", "a\n  ", "\ta\n", "a\n\tb", "a\r\nb", "a\r", "---\na", "a\n---\n", "a\n...\n",
    "# a\nb\n", "%a\nb", "- a\n- b\n", "a: b\nc: d\n", "a\n\n  b\n\n", "|\n", "é\n가\n", "a\n# b",
]  # fmt: skip
UNSEEN = [f"a{chr(code)}b\nc" for code in (
    *range(0x20), 0x7F, 0x80, 0x85, 0x9F, 0xA0, 0xAD, 0x1680, 0x200B, 0x200D, 0x2028, 0x2029, 0x202E,
    0x2066, 0x3000, 0xD7FF, 0xE000, 0xFE0F, 0xFEFF, 0xFFF9, 0xFFFD, 0xFFFE, 0xFFFF,
    0x10000, 0x1F600, 0xE0001, 0x1FFFF, 0x10FFFF,
)]  # fmt: skip
CASES = [form for word in WORDS for form in (word, word.upper(), word.capitalize())]
TRICKY = sorted(
    {*CASES, *NUMBERS, *INDICATORS, *SPACED, *LINES, *UNSEEN}
    | {text.replace("\nc", "") for text in UNSEEN}
    | {chr(code) for code in range(0x80)}
    | {f"a{chr(code)}" for code in range(0x80)}
    | {"k" * 1500, "é" * 1022, "한국어 텍스트", "👩‍👧"}
)

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(TRICKY)
    | st.text("a1.:-_+e# \n", max_size=8),
    lambda inner: st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(TRICKY), inner),
    max_leaves=40,
)
documents = st.dictionaries(st.text() | st.sampled_from(TRICKY), anything)


def pyyaml(text: str) -> object:
    return yaml.load(text, yaml.CSafeLoader)


def same(one: object, other: object) -> bool:
    """Equal with type and sign, so that 1 is neither true nor 1.0."""
    if isinstance(one, dict) and isinstance(other, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    return repr(one) == repr(other)


@given(documents)
def test_a_yaml_1_1_reader_gets_back_what_was_written(document: dict[str, object]) -> None:
    text = emit(document)
    assert text.endswith("\n")
    assert same(pyyaml(text), document)
    assert same(pyyaml(text.encode().decode()), document)


@given(st.lists(st.dictionaries(st.text(), st.sampled_from(TRICKY)), max_size=4))
def test_documents_stay_apart(several: list[dict[str, object]]) -> None:
    read = list(yaml.load_all(emit_all(several), yaml.CSafeLoader))
    assert all(map(same, read, several))
    assert len(read) == len(several)


def test_kubernetes_reads_every_tricky_string_as_this_string(tmp_path: Path) -> None:
    data = {f"k{number}": text for number, text in enumerate(TRICKY)}
    data |= {text: text for text in TRICKY}
    lists = [TRICKY, [[text, [text]] for text in TRICKY], [{text: [text]} for text in TRICKY]]
    document = {
        "apiVersion": "example.org/v1",
        "kind": "Tricky",
        "metadata": {"name": "a"},
        "data": data,
        "lists": lists,
    }
    file = tmp_path / "a.yaml"
    file.write_text(emit(document), encoding="utf-8", newline="")
    command = ["kubectl", "label", "--local", "-f", str(file), "x=y", "-o", "json", "--dry-run=client"]
    read = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    assert len(TRICKY) > 400
    assert {key: text for key, text in read["data"].items() if data[key] != text} == {}
    assert read["data"].keys() == data.keys()
    assert read["lists"] == lists


def test_the_form_is_canonical_and_readable() -> None:
    container: dict[str, object] = {
        "image": "ghcr.io/a/waste:sha-abc123",
        "args": ["--host", "127.0.0.1", "--port", "8000", "-c"],
        "resources": {"requests": {"cpu": "100m", "memory": "512Mi"}},
        "env": [{"name": "URL", "value": "http://a.b:80/c"}, {"name": "EMPTY", "value": ""}],
    }
    document: dict[str, object] = {
        "kind": "Deployment",
        "words": ["on", "1.0", "a b", "가", "10.0.0.0/16", "a: b", "tab\t"],
        "atoms": [None, True, False, 0, -1, 1.0, 1e16, 1e-7],
        "nested": [[1, [2]], [], {}, [{"a": [1]}]],
        "script": "set -e\n\n  run\n",
        "open": ["a\nb", "a\nb\n\n", " a\nb"],
        "containers": (container,),
    }
    assert emit(document) == (Path(__file__).parent / "emitter.golden.yaml").read_text()
    assert emit({}) == "{}\n"
    assert emit_all([{"a": 1}, {}]) == "a: 1\n---\n{}\n"


def test_subclasses_are_written_as_their_base_value() -> None:
    class Word(StrEnum):
        ON = "on"

        def __str__(self) -> str:
            return "lie"

    class Number(IntEnum):
        ONE = 1

    class Measure(float): ...

    document = {Word.ON: Word.ON, "one": Number.ONE, "f": Measure(1.5), "m": MappingProxyType({"a": 1})}
    assert emit(document) == '"on": "on"\none: 1\nf: 1.5\nm:\n  a: 1\n'


def cycle() -> dict[str, object]:
    inner: dict[str, object] = {}
    inner["a"] = [inner]
    return inner


@pytest.mark.parametrize(
    ("make", "pointer", "mend"),
    [
        (lambda: {"spec": {"a/b~": [1, {2}]}}, "/spec/a~1b~0/1", "sort it into a list"),
        (lambda: {"a": [{"b": b"x"}]}, "/a/0/b", "bytes"),
        (lambda: {"a": {1: "x"}}, "/a/1", 'write "1"'),
        (lambda: {"a": math.nan}, "/a", "not a number"),
        (lambda: {"a": [-math.inf]}, "/a/0", "not a number"),
        (lambda: {"a": 1 << 63}, "/a", "write a string"),
        (lambda: {"a": "x\ud800"}, "/a", "surrogate pair at character 2"),
        (lambda: {"a": "x\n\ud800"}, "/a", "surrogate pair at character 3"),
        (cycle, "/a/0" * 50, "break the cycle"),
        (lambda: [1], "", "a document is a mapping"),
    ],
)
def test_what_has_no_yaml_is_an_error_with_place_and_mend(
    make: Callable[[], dict[str, object]], pointer: str, mend: str
) -> None:
    with pytest.raises(EmitError, match=mend) as caught:
        emit(make())
    assert caught.value.pointer == pointer
