"""The short cut through plain YAML reads what libyaml reads, or nothing."""

import os
import random
from collections.abc import Iterator
from functools import cache
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tierpolicies.documents import composer
from tierpolicies.documents.block_yaml import NotPlainError, read
from tierpolicies.documents.nodes import Document, Value
from tierpolicies.documents.original import Original
from tierpolicies.documents.yaml_source import Source, documents, parse, pointer

ROOT = Path(__file__).parents[3]
HEAD = "a: 1\n"

PLAIN = {
    "comments": ("---\n# c\na: 1 # c\n\n  # c\nb: 2\n", {"a": 1, "b": 2}),
    "a marker with a comment": ("--- # c\na: 1\n", {"a": 1}),
    "nothing": ("---\n# c\n", None),
    "empty": ("", None),
    "nothing after a colon": ("a:\nb:\n- \n- 1\n", {"a": None, "b": [None, 1]}),
    "items below their key": ("a:\n- b: 1\n  c: 2\n- d\ne: 3\n", {"a": [{"b": 1, "c": 2}, "d"], "e": 3}),
    "items that are indented": ("a:\n   -  b: 1\n      c: 2\n   - d\n", {"a": [{"b": 1, "c": 2}, "d"]}),
    "an item on lines of its own": ("a:\n-\n  b: 1\n- c:\n    d: 2\n", {"a": [{"b": 1}, {"c": {"d": 2}}]}),
    "a list at the top": ("- a: 1\n- 2\n", [{"a": 1}, 2]),
    "keys as Kubernetes understands them": (
        "on: 1\n0x10: 2\n'on': 3\n\"10\": 4\n",
        {"true": 1, "16": 2, "on": 3, "10": 4},
    ),
    "scalars as Kubernetes understands them": (
        "a: [on, 0o17, ~, '1', 1e3]\n",
        {"a": [True, 15, None, "1", 1000]},
    ),
    "quotes": ("a: 'it''s # it' # c\nb: \"\\\"\\n\\\\\"\n", {"a": "it's # it", "b": '"\n\\'}),
    "flow": (
        "a: [b, {c: d, 'e': \"f\"}, [], {}]\nb: {}\n",
        {"a": ["b", {"c": "d", "e": "f"}, [], {}], "b": {}},
    ),
    "flow over lines": ('a: ["b",\n  {c: d,\n"e":1}\n]\nf: 1\n', {"a": ["b", {"c": "d", "e": 1}], "f": 1}),
    "words": ("a: -x :y a:b 'c' \"d\" e#f, [g] {h}\n", {"a": "-x :y a:b 'c' \"d\" e#f, [g] {h}"}),
    "a text that goes on": ("a: b\n c\n   - d\ne:\n- f\n  g\n", {"a": "b c - d", "e": ["f g"]}),
    "a text that begins below": ("a:\n  b c\n  d\ne:\n- f:\n    'g'\n", {"a": "b c d", "e": [{"f": "g"}]}),
    "quotes over lines": (
        "a: 'b\n  c''s\n  d'\ne: \"f\n  \\\"g\n  # h\"\n",
        {"a": "b c's d", "e": 'f "g # h'},
    ),
    "literal": (
        "a: |\n  b\n\n   c\n\nd: |-\n  e\n\nf: |+\n  g\n\n",
        {"a": "b\n\n c\n", "d": "e", "f": "g\n\n"},
    ),
    "literal with a given indentation": ("a:\n- |1-\n   b\n  c\n", {"a": ["  b\n c"]}),
    "literal with tabs": ("a: |\n  b\tc\n  \td\n", {"a": "b\tc\n\td\n"}),
    "folded": ("a: >\n  b\n  c\n\n  d\n    e\n  f\n", {"a": "b c\nd\n  e\nf\n"}),
    "no text at all": ("a: |\nb: >+\n\n\nc: 1\n", {"a": "", "b": "\n\n", "c": 1}),
    "lines of Windows": ("a: |\r\n  b\r\nc: d\r\n", {"a": "b\n", "c": "d"}),
    "other scripts": ("a: \u00e9\u732b\n", {"a": "\u00e9\u732b"}),
}

GIVEN_UP = [
    "a: &b c\n", "a: *b\n", "a: !!str b\n", "? a\n: b\n", "<<: {a: b}\n", "a: {<<: b}\n",
    "%YAML 1.1\n---\na: b\n", "a: 1\na: 2\n", "a: {b: 1, b: 2}\n", "a: 1\n'a': 2\n", "a:\n  b: 1\n c: 2\n",
    "  a: 1\nb: 2\n", "a: 1\n  b: 2\n", "a: 1\n- b\n", "a:\n\tb: 1\n", "a: b\tc\n", "a: \x01\n",
    "a: b\x85\n", "\ufeffa: b\n", "a: 'b\n", 'a: "\\x41"\n', "a: [b\n", "a: [b, ]\n", "a: [b: c]\n",
    "a: {b}\n", "a: .inf\n", "a: [.nan]\n", "null: a\n", "1.5: a\n", "a: b: c\n", "a: b:\n", "a: @b\n",
    "a: `b\n", "a: %b\n", "- - a\n", "a:\n  'b\n  c': d\n", "- 'a\n  b': c\n", "a: b # c\n  d\n",
    "a: b\n\n  c\n", "a: b\n# c\n  d\n", "a: 'b'\n  c\n", "a: |\n  \n b\n", "a: |\n  \tb\n c\n",
    "a: |x\n  b\n", "a: |0\n  b\n", "a: |\n b", "--- a\n", "---a: b\n", "--- a: b\n", "---\ta: b\n", "a\n",
    "{a: b}\n", "a: b\n...\n", "a: [b,\n---\n]\n", "a: ['b\n c']\n", "a: {'b\n c': d}\n",
    "a:\n  {'b\n  c': d}\n", "a: \"b\\\n  c\"\n", "a: 'b\n\n  c'\n", "- .inf\n  - a\n", "a" * 300 + ": b\n",
    f"a: {'[' * 50}{']' * 50}\n", "".join(f"{' ' * depth}a:\n" for depth in range(250)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "value"), PLAIN.values(), ids=PLAIN)
def test_plain_texts_are_read(text: str, value: Value) -> None:
    assert repr(read(text)[0]) == repr(value)
    assert_alike(text)


@pytest.mark.parametrize("text", GIVEN_UP)
def test_what_is_not_plain_is_given_up(text: str) -> None:
    with pytest.raises(NotPlainError):
        read(text)
    assert_alike(text)
    assert_alike(f"{HEAD}---\n{text}---\n{HEAD}")


def test_what_is_shipped_is_plain() -> None:
    """The short cut that nobody takes is none: only what tests broken YAML may be given up."""
    texts = [path.read_text("utf-8") for path in ROOT.glob("dist/**/*.yaml")]
    assert texts
    for text in texts:
        read(text)


def test_what_a_line_holds_is_nobody_elses() -> None:
    first, second = (read("a: [b, {c: []}]\n")[0] for _ in range(2))
    assert first == second
    assert isinstance(first, dict)
    assert isinstance(second, dict)
    assert first["a"] is not second["a"]


def test_a_value_that_was_changed_since_has_the_place_of_what_encloses_it() -> None:
    source = parse("a:\n- b: 1\n  c:\n    d: 2\ne:\n  x: 1\nf:\n", file="f.yaml")
    assert isinstance(source.value, dict)
    source.value |= {"a": [{"b": 1, "c": {"x": 3}, "x": 4}, {"x": 5}], "new": 6, "f": {"g": 7}}
    places = [source.position(f"/{at}") for at in ("a/0/c/x", "a/0/x", "a/1/x", "new", "e/x", "f/g")]
    assert places == [(4, 5), (2, 3), (2, 1), (1, 1), (6, 6), (7, 3)]


# What lines are made of; together they make texts that are YAML, nearly so, or not at all.
_KEYS = ["a", "b", "c", "on", "1", "1.5", "null", "'q'", '"q"', "a-b", "x/y", ".d", "<<", "0x1F", "~"]
_KEYS += ["&a", "'a b'", "? k"]
_VALUES = (
    """
v 1 -1 --f - -\u00a0x yes 's' "d" "d\\n" 'it''s' 'open "open end' end" [a,b] [] {} {a:\u00a0b} [a b]
{a:\u00a01, } ] [a, | > |- |+ >- >+ |2 |1- a\u00a0#\u00a0c #\u00a0c a#c a:\u00a0b a:b a: x\u00a0y &a *a
!!str\u00a0v %x @x ? ?\u00a0x :x ~ .5 .. ... --- a\tb {a:\u00a0[b,\u00a0{c:\u00a0d}]} [-,x] [a:b]
[a:\u00a0b] ["a":1] {"a":1} {a:1} {a:\u00a0} {a} [a,\u00a0] [a#b] [*a] [<<] [.inf] .inf [a]\u00a0x
'a'\u00a0x "a"\u00a0#c = < x,y x] [http://x:80/y] $(X) \u00e9 [\u00e9] \\ "a\\ a\u00a0'b' 0o7 1_0
2001-01-01
""".replace("\n", " ")
    .strip()
    .split(" ")
)

_INDENTATION = st.sampled_from((0, 0, 0, 1, 2, 2, 2, 3, 4, 4, 6)).map(" ".__mul__)
_LINE = st.builds(
    lambda indentation, dash, key, value: f"{indentation}{dash}{key}{value}".replace("\u00a0", " "),
    _INDENTATION,
    st.sampled_from(("", "", "", "- ", "-  ", "- - ")),
    st.sampled_from([f"{key}{colon}" for key in _KEYS for colon in (": ", ": ", ":", " : ")] + [""] * 20),
    st.sampled_from([*_VALUES, *[""] * 20]),
)
_OTHER_LINE = st.sampled_from(
    ("", "  ", "# c", "   # c", "---", "--- # c", "---x", "...", "%YAML 1.1", "a:", "a: v", "-")
)
_TEXT = st.builds(
    lambda lines, end: "\n".join(lines) + end,
    st.lists(st.one_of(_LINE, _LINE, _LINE, _OTHER_LINE), min_size=1, max_size=8),
    st.sampled_from(("\n", "\n", "\n", "", "\r\n")),
)


@settings(max_examples=1500)
@given(_TEXT)
def test_texts_of_any_lines_are_read_alike(text: str) -> None:
    assert_alike(text)


_VALUE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**40), 2**40)
    | st.sampled_from(
        ("on", "1", "~", "", " a ", "a: b", "#", "- a", "it's", "0x1", "a\nb\n", "\na", "a  b c\n\nd")
    )
    | st.text("ab 'c:#-\n\"\\[]{},|>&*!%@.", max_size=40),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abc", min_size=1), inner, max_size=4)
    ),
    max_leaves=12,
)
_STYLES: list[dict[str, Any]] = [
    {"default_flow_style": False},
    {"default_flow_style": None},
    {"default_flow_style": True},
    {"default_flow_style": False, "default_style": "|"},
    {"default_flow_style": False, "default_style": ">"},
    {"default_flow_style": False, "default_style": '"'},
    {"default_flow_style": None, "default_style": "'"},
]


@settings(max_examples=500)
@given(
    st.dictionaries(st.text("abc", min_size=1), _VALUE),
    st.sampled_from(_STYLES),
    st.integers(2, 6),
    st.integers(10, 90),
)
def test_texts_of_every_style_are_read_alike(
    value: Value, style: dict[str, Any], indent: int, width: int
) -> None:
    assert_alike(yaml.safe_dump(value, indent=indent, width=width, **style))


@settings(max_examples=1000)
@given(st.randoms(use_true_random=False))
def test_mutations_of_real_files_are_read_alike(chance: random.Random) -> None:
    text = chance.choice(real_texts())
    for _ in range(chance.choice((0, 1, 1, 1, 2, 3))):
        text = mutated(text, chance)
    assert_alike(text)


@cache
def real_texts() -> tuple[str, ...]:
    """Shipped manifests, fixtures and, where there are any, files of strangers."""
    folders = [ROOT / "dist", ROOT / "policies/tierpolicies/rules"]
    if corpora := os.environ.get("TIERWRIGHT_CORPORA"):
        folders.append(Path(corpora))
    found = (path for folder in folders for path in sorted(folder.rglob("*.y*ml")))
    texts = (path.read_bytes().decode("utf-8-sig", "replace") for path in found)
    return tuple(text for text in texts if 0 < len(text) < 5000)


_INSERTED: list[str] = [
    *"-?:,[]{}#&*!|>'\"%@` \t\n.~=\\0ay",
    "\r",
    "\x85",
    "\u2028",
    "\u00e9",
    "\ufeff",
    "\x00",
    "- ",
    ": ",
    " #",
]
_INSERTED += ["\n---\n", "\n--- ", "\n...\n", "|\n", ">-\n", "|2\n", "''", '""', "<<: "]


def mutated(text: str, chance: random.Random) -> str:
    """A text with one thing changed."""
    at = chance.randrange(len(text) + 1)
    lines = text.split("\n")
    line = chance.randrange(len(lines))
    match chance.randrange(9):
        case 0:
            return text[:at] + chance.choice(_INSERTED) + text[at:]
        case 1:
            return text[:at] + text[at + 1 :]
        case 2:
            return text[:at] + chance.choice(_INSERTED) + text[at + 1 :]
        case 3:
            del lines[line]
        case 4:
            lines.insert(line, chance.choice(lines))
        case 5:
            lines[line] = " " * chance.randrange(1, 5) + lines[line]
        case 6:
            lines[line] = lines[line][chance.randrange(1, 4) :]
        case 7:
            words = lines[line].rsplit(" ", 1)
            lines[line : line + 1] = [words[0], " " * chance.randrange(12) + words[-1]]
        case _:
            lines[line : line + 2] = [" ".join(lines[line : line + 2])]
    return "\n".join(lines)


def assert_alike(text: str) -> None:
    """All values, problems and places of a text are those that libyaml tells of the whole stream."""
    found, expected = documents(text, is_json=False), composer.documents(text)
    assert [told(document) for document in found] == [told(document) for document in expected]
    original = Original(text, is_json=False)
    for one, other in zip(found, expected, strict=True):
        mine, theirs = Source("f.yaml", one, original), Source("f.yaml", other, Original(text, is_json=False))
        for path in [*islice(paths(one.value), 50), ("a", "x"), ("a", 9), (0, "b"), ("x",)]:
            for options in ({}, {"key": True}, {"offset": 3}):
                at = pointer(path)
                assert mine.position(at, **options) == theirs.position(at, **options)


def told(document: Document) -> tuple[object, ...]:
    return repr(document.value), document.problems, document.guessed_kind


def paths(value: Value, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield path
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, child in inner:
        yield from paths(child, (*path, step))
