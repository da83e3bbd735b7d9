"""The reference of the description: every key, with its meaning."""

from __future__ import annotations

import json
import re
from functools import cache

import pytest

from tierwright.description.schema import schemas
from tierwright.reference import description

FILES = {"platform.json": "platform.yaml", "app.json": "app.yaml", "images.json": "images.lock.yaml"}


@cache
def page() -> str:
    return description.page()


@cache
def rows(heading: str) -> dict[str, list[str]]:
    """The cells of the table below a heading, by key."""
    found = re.search(rf"^#+ {re.escape(heading)}\n(.*?)(?=^#|\Z)", page(), re.MULTILINE | re.DOTALL)
    assert found is not None, heading
    cells = [
        [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for line in found[1].splitlines()
        if "|" in line
    ]
    return {row[0].strip("`"): row for row in cells[2:]}


@pytest.mark.parametrize("name", FILES)
def test_every_key_of_every_type_has_a_meaning(name: str) -> None:
    schema = json.loads(schemas()[name])
    tables = {FILES[name]: schema} | {
        f"{each} in {FILES[name]}": type_
        for each, type_ in schema.get("$defs", {}).items()
        if "properties" in type_ and f"### {each} in {FILES[name]}\n" in page()
    }
    for heading, of in tables.items():
        told = rows(heading)
        assert set(told) == set(of["properties"])
        assert [key for key, row in told.items() if not row[3]] == [], heading


def test_a_key_is_told_with_its_form_and_what_holds_without_it() -> None:
    key, form, absent, meaning = rows("Api in app.yaml")["port"]
    assert (key, form, absent) == ("`port`", "integer, 1 to 65535", "`8000`")
    assert meaning == "The port that it listens on."
    assert rows("Worker in app.yaml")["pool"][1:3] == ["`gevent`, `prefork`, `threads`", "**needed**"]
    assert rows("Api in app.yaml")["replicas"][1] == "[Replicas](#replicas-in-appyaml)"


def test_every_link_leads_to_a_heading() -> None:
    headings = re.findall(r"^#+ (.*)$", page(), re.MULTILINE)
    anchors = {re.sub(r"[^\w\s-]", "", each.lower()).replace(" ", "-") for each in headings}
    links = set(re.findall(r"\]\(#([^)]*)\)", page()))
    assert links
    assert links <= anchors
