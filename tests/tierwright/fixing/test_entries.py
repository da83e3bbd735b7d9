"""Entries put in and taken out: the text around them stays, and taking out undoes putting in."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import parse
from tierwright.fixing.entries import (
    EntryError,
    Path,
    with_entry,
    with_item,
    without_entry,
    without_item,
)

LOCK = """# written by machines
images:
  dev:
    auth: {tag: sha-1}
    # the last one
    waste: {tag: sha-2}   # kept
  prod: {}
"""
IMAGE: Value = {"tag": "sha-3", "digest": None}


@pytest.mark.parametrize(
    ("text", "path", "key", "entry", "after"),
    [
        pytest.param(
            LOCK,
            ["images", "dev"],
            "users",
            IMAGE,
            LOCK.replace("    # the last", "    users: {tag: sha-3, digest: null}\n    # the last"),
            id="by-the-alphabet-below-its-neighbour",
        ),
        pytest.param(
            LOCK,
            ["images", "dev"],
            "aaa",
            IMAGE,
            LOCK.replace("    auth", "    aaa: {tag: sha-3, digest: null}\n    auth"),
            id="first",
        ),
        pytest.param(
            LOCK,
            ["images", "dev"],
            "zoo",
            IMAGE,
            LOCK.replace("  prod", "    zoo: {tag: sha-3, digest: null}\n  prod"),
            id="last",
        ),
        pytest.param(
            LOCK,
            ["images", "prod"],
            "zoo",
            IMAGE,
            LOCK.replace("{}", "{zoo: {tag: sha-3, digest: null}}"),
            id="into-an-empty-one",
        ),
        pytest.param("{b: 1, d: 2}", [], "c", 3, "{b: 1, c: 3, d: 2}", id="into-a-flow"),
        pytest.param("{b: 1, d: 2}", [], "a", 3, "{a: 3, b: 1, d: 2}", id="first-of-a-flow"),
        pytest.param("z: 1\na: 2", [], "m", 3, "z: 1\na: 2\nm: 3", id="no-order-no-last-line-ending"),
        pytest.param("a: 1\r\nc: 2", [], "d", 3, "a: 1\r\nc: 2\r\nd: 3", id="dos"),
        pytest.param(
            "q:\n  one:\n    ttl: 5s\n",
            ["q"],
            "two",
            {"ttl": "9s", "tasks": {"a.run": {"seconds": 5}}},
            "q:\n  one:\n    ttl: 5s\n  two:\n    ttl: 9s\n    tasks:\n      a.run: {seconds: 5}\n",
            id="spread-like-its-neighbour",
        ),
        pytest.param("a: |\n  # x\n\n", [], "b", 1, "a: |\n  # x\n\nb: 1\n", id="below-a-literal"),
        pytest.param(
            "a: &x {k: v}\nb: *x\n# end\n", [], "c", 1, "a: &x {k: v}\nb: *x\nc: 1\n# end\n", id="alias"
        ),
    ],
)
def test_an_entry_takes_its_place_and_leaves_it(
    text: str, path: Path, key: str, entry: Value, after: str
) -> None:
    assert with_entry(text, path, key, entry) == after
    assert without_entry(after, path, key) == text


@pytest.mark.parametrize(
    ("text", "path", "after"),
    [
        ("calls: [a, b] # c\n", ["calls"], "calls: [a, b, new] # c\n"),
        ("calls: []\n", ["calls"], "calls: [new]\n"),
        ("calls:\n- a\n- b\nend: 1\n", ["calls"], "calls:\n- a\n- b\n- new\nend: 1\n"),
        ("calls:\n  - a\n  # about b\n  - b", ["calls"], "calls:\n  - a\n  # about b\n  - b\n  - new"),
    ],
    ids=["flow", "empty", "block", "indented"],
)
def test_an_item_comes_last_and_goes(text: str, path: Path, after: str) -> None:
    assert with_item(text, path, "new") == after
    assert without_item(after, path, "new") == text


def test_an_entry_goes_with_the_comment_above_it() -> None:
    assert without_entry(LOCK, ["images", "dev"], "waste") == LOCK.replace(
        "    # the last one\n    waste: {tag: sha-2}   # kept\n", ""
    )


@pytest.mark.parametrize(
    ("text", "path", "key", "after"),
    [
        ("a:  # why\n  # about\n  b: 1\nc: 2\n", ["a"], "b", "a: {} # why\nc: 2\n"),
        ("b: 1\n", [], "b", "{}\n"),
        ("a: {b: 1}\n", ["a"], "b", "a: {}\n"),
    ],
)
def test_what_is_emptied_says_so(text: str, path: Path, key: str, after: str) -> None:
    assert without_entry(text, path, key) == after


@pytest.mark.parametrize(
    ("text", "path", "key", "reason"),
    [
        ("a: 1\n", ["b"], "c", "b is not there"),
        ("a: 1\n", ["a"], "c", "a is not a mapping"),
        ("a: {c: 1}\n", ["a"], "c", "a.c stands there already"),
        ("a: &x {k: 1}\nb: *x\n", ["b"], "c", "b is written in a way that only a person can edit"),
    ],
)
def test_what_cannot_be_edited_is_refused(text: str, path: Path, key: str, reason: str) -> None:
    with pytest.raises(EntryError, match=reason):
        with_entry(text, path, key, 5)


names = st.from_regex(r"[a-z]{1,3}", fullmatch=True)
scalars = st.one_of(st.integers(0, 9), st.none(), st.booleans(), st.text("ab :#-,'\"{[|", max_size=6))
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(names, inner, max_size=3)),
    max_leaves=8,
)


@st.composite
def texts(draw: st.DrawFn) -> str:
    """A mapping below `top`, in any style, with comments and blank lines wherever they may stand."""
    held = draw(st.dictionaries(names, values, min_size=1, max_size=4))
    flow = draw(st.sampled_from([True, False, None]))
    text = yaml.safe_dump({"top": held, "z": 1}, default_flow_style=flow, sort_keys=draw(st.booleans()))
    lines = text.split("\n")
    if flow is False and not any("'" in line or '"' in line or "|" in line for line in lines):
        for number in range(len(lines) - 1, 0, -1):
            extra = draw(st.sampled_from([None, None, "", "  # c", "# d"]))
            lines[number:number] = [extra] if extra is not None else []
    ending = draw(st.sampled_from(["\n", "\r\n"]))
    return ending.join(lines)[: None if draw(st.booleans()) else -len(ending)]


@given(texts(), st.from_regex(r"[a-z]{4}", fullmatch=True), values)
def test_taking_out_undoes_putting_in(text: str, key: str, entry: Value) -> None:
    after = with_entry(text, ["top"], key, entry)
    held = parse(after, file="").value
    assert isinstance(held, dict)
    assert isinstance(held["top"], dict)
    assert held["top"][key] == entry
    assert without_entry(after, ["top"], key) == text
