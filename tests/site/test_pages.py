"""Every page of the site is played: its commands run, and answer what it says."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
import yaml

from tests.shipped_project import copy_shipped
from tests.site.story import first_missing, play

ROOT = Path(__file__).parents[2]
PAGES = ROOT / ".docs/pages"
NAMES = sorted(path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*.md"))
PATH = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"


def parted(name: str) -> tuple[dict[str, str], str]:
    """What stands above a page, and its text."""
    text = (PAGES / name).read_text(encoding="utf-8")
    if not text.startswith("---\n"):
        return {}, text
    _, front, page = text.split("---\n", 2)
    return yaml.safe_load(front), page


@pytest.mark.parametrize("name", NAMES)
def test_a_page_does_what_it_says(name: str, tmp_path: Path) -> None:
    front, page = parted(name)
    if "played_by" in front:  # it needs servers, and has a test of its own beside them
        assert f'"{(PAGES / name).relative_to(ROOT).as_posix()}"' in (ROOT / front["played_by"]).read_text()
        return
    folder = tmp_path / "project"
    folder.mkdir()
    if front.get("runs_in") == "shipped":
        copy_shipped(folder)
    play(page, folder, path=PATH)


@pytest.mark.parametrize(
    ("wanted", "answer", "missing"),
    [
        ("a\nb", "a\nb\nc", None),
        ("b\na", "a\nb", "a"),
        ("a … c", "a b c", None),
        ("a…d", "a b c", "a…d"),
        ("two  columns", "two columns", None),
    ],
)
def test_an_answer_is_compared_line_by_line(wanted: str, answer: str, missing: str | None) -> None:
    assert first_missing(wanted, answer) == missing
