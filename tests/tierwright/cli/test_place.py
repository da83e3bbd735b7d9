"""A command may be given anywhere inside of the project."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project


@pytest.mark.parametrize(
    "arguments", [["synth"], ["graph"], ["check"], ["explain", "Deployment/auth-service"]], ids=" ".join
)
def test_a_subfolder_answers_as_the_project_does(shipped: Project, arguments: list[str]) -> None:
    here = shipped.run(*arguments)
    below = type(shipped)(shipped.root / "apps/auth").run(*arguments)
    assert below.returncode == here.returncode == 0
    assert below.stdout == here.stdout
    assert here.stderr == ""
    assert below.stderr == f"project: {shipped.root}\n"


def test_a_synth_may_replace_the_folder_that_it_was_called_in(project: Project) -> None:
    wanted = project.files()
    (project.root / ".tierwright/stamp.json").unlink()
    answer = type(project)(project.dist / "prod/cluster").run("synth")
    assert answer.returncode == 0, answer.stderr
    assert project.files() == wanted
    assert project.run("synth").stdout == "dist is up to date\n"


def test_what_the_user_names_is_seen_from_where_they_stand(project: Project) -> None:
    below = type(project)(project.root / "apps")
    shutil.copytree(project.dist, project.root / "apps/other")
    explained = below.run("explain", "Deployment/auth-service", "--output", "other")
    assert "written to   apps/other/prod/" in explained.stdout
    assert below.run("check", "--format", "json=report.json").returncode == 0
    assert (project.root / "apps/report.json").is_file()
    assert below.run("check", "dist").returncode == 3, "a folder that is named is not looked for"
