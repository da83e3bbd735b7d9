"""The shipped platform's own templates: what they make is linted, typed and tested like the rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tierwright.cli.conftest import Project

ROOT = Path(__file__).parents[3]
HELD = (".dev", "apps", "tests", "templates", "constructs", "policies", "synth")
FILES = ("platform.yaml", "images.lock.yaml", "pyproject.toml", "README.md")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """A copy of this repository with a new service and a new worker."""
    root = tmp_path_factory.mktemp("house")
    for name in HELD:
        shutil.copytree(ROOT / name, root / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in FILES:
        shutil.copy(ROOT / name, root)
    project = Project(root)
    for arguments in (
        ("new", "api", "photo-book", "--tier", "sync-api"),
        ("new", "worker", "thumbs", "--tier", "async-workers"),
        ("synth",),
    ):
        answer = project.run(*arguments)
        assert answer.returncode == 0, answer.stdout + answer.stderr
    return project


NEW = ("apps/photo_book", "apps/thumbs", "tests/apps/photo_book", "tests/apps/thumbs")


@pytest.mark.parametrize(
    "command",
    [
        ("ruff", "format", "--check", *NEW),
        ("ruff", "check", *NEW),
        ("mypy", *NEW),
        ("pytest", "-q", *NEW[2:], "tests/images/test_containerfiles.py"),
    ],
    ids=["format", "lint", "types", "tests"],
)
def test_they_pass_what_every_app_passes(house: Project, command: tuple[str, ...]) -> None:
    paths = [house.root / name for name in ("synth", "policies", "constructs", "")]
    answer = subprocess.run(
        [sys.executable, "-m", *command],
        cwd=house.root,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(map(str, paths))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-3000:] + answer.stderr[-3000:]


def test_they_share_what_the_house_has(house: Project) -> None:
    assert "from apps.common.http import create_api" in (house.root / "apps/photo_book/main.py").read_text()
    assert "from apps.common.broker import Worker" in (house.root / "apps/thumbs/main.py").read_text()
