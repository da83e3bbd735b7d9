from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shipped_project import ROOT

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project

GOLDEN = ROOT / "tests/tierwright/golden/tree.txt"
UPDATE = f"(cd dist && find * -type f | LC_ALL=C sort) > {GOLDEN.relative_to(ROOT)}"

# Whatever a machine may differ in: hash seed, locale and its encoding, time zone, umask, folder.
MACHINES = {
    "plain": ({"PYTHONHASHSEED": "0", "LC_ALL": "C", "TZ": "UTC"}, 0o022, "a"),
    "odd": (
        {
            "PYTHONHASHSEED": "4294967295",
            "LC_ALL": "C",
            "PYTHONUTF8": "0",
            "PYTHONCOERCECLOCALE": "0",
            "PYTHONIOENCODING": "ascii",
            "TZ": "Pacific/Kiritimati",
        },
        0o077,
        "b c/d'e",
    ),
    "far": ({"PYTHONHASHSEED": "1", "LC_ALL": "tr_TR.UTF-8", "TZ": "America/Adak"}, 0o002, "über/見"),
}


@pytest.mark.parametrize(("variables", "umask", "folder"), MACHINES.values(), ids=MACHINES)
def test_every_machine_makes_the_same_bytes(
    shipped: Project, tmp_path: Path, variables: dict[str, str], umask: int, folder: str
) -> None:
    root = tmp_path / folder / "project"
    ignored = shutil.ignore_patterns("dist", ".tierwright")
    shutil.copytree(shipped.root, root, ignore=ignored)
    answer = subprocess.run(
        shipped.command("synth"),
        cwd=root,
        env=os.environ | variables,
        umask=umask,
        capture_output=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr.decode()
    assert answer.stdout.decode() == (shipped.root / "first-synth.txt").read_text(encoding="utf-8")
    assert type(shipped)(root).files() == shipped.files()


def test_the_tree_is_the_one_that_was_agreed_on(shipped: Project) -> None:
    agreed = GOLDEN.read_text(encoding="utf-8").splitlines()
    assert sorted(shipped.files()) == agreed, f"if this is meant: ./dev synth && {UPDATE}"


def test_the_committed_dist_is_what_the_description_makes(shipped: Project) -> None:
    answer = type(shipped)(ROOT).run("synth", "--check")
    assert answer.returncode == 0, answer.stdout + answer.stderr
