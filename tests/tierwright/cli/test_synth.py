from __future__ import annotations

import os
import pty
import re
import shutil
import subprocess
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import FakeNode, Project

CHANGES: dict[str, Callable[[Project], object]] = {
    "the platform": lambda project: project.edit("platform.yaml", "usd_month: 185", "usd_month: 186"),
    "an app": lambda project: project.edit("apps/auth/app.yaml", "rps: 50", "rps: 51"),
    "a comment": lambda project: project.edit("apps/auth/app.yaml", "app: auth", "app: auth  # who else"),
    "the images": lambda project: project.edit("images.lock.yaml", "sha-", "sha-a"),
    "an app came": lambda project: shutil.copytree(project.root / "apps/auth", project.root / "apps/more"),
    "an app went": lambda project: (project.root / "apps/auth/app.yaml").unlink(),
    "a manifest": lambda project: project.edit("dist/prod/report.md", "Clean", "Cleaner"),
    "a manifest went": lambda project: (project.dist / "dev/report.md").unlink(),
    "a file came": lambda project: (project.dist / "prod/notes.txt").touch(),
    "an environment went": lambda project: shutil.rmtree(project.dist / "dev"),
}


def test_the_first_synth_shows_the_tree_the_tiers_and_the_verdict(shipped: Project) -> None:
    told = (shipped.root / "first-synth.txt").read_text()
    assert "dist/prod\n├── argocd " in told
    assert "└── report.md" in told
    assert "\n4 storage " in told
    assert "\nprod: Clean: " in told
    assert "notes: see dist/prod/report.md" in told
    assert "note[" not in told, "what fails nobody is for the report"
    assert "\x1b" not in told
    assert {path.partition("/")[0] for path in shipped.files()} == {"prod", "dev"}
    assert (shipped.dist / "prod/report.md").read_text().startswith("Clean: ")


def test_nothing_new_is_told_at_once_and_without_node(project: Project, no_node: FakeNode) -> None:
    second = project.run("synth", variables=no_node.variables)
    assert (second.returncode, second.stdout, second.stderr) == (0, "dist is up to date\n", "")
    assert not no_node.started


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_what_changed_is_never_up_to_date(
    project: Project, no_node: FakeNode, change: Callable[[Project], object]
) -> None:
    change(project)
    again = project.run("synth", variables=no_node.variables)
    assert "up to date" not in again.stdout
    assert again.returncode != 0


@pytest.mark.parametrize("options", [["--env", "prod"], ["--output", "elsewhere"]], ids=" ".join)
def test_what_was_not_asked_for_before_is_not_up_to_date(
    project: Project, no_node: FakeNode, options: list[str]
) -> None:
    assert project.run("synth", *options, variables=no_node.variables).returncode == 2
    assert no_node.started


def test_check_says_when_all_is_well_and_how_it_is_not(project: Project) -> None:
    (project.root / ".tierwright/stamp.json").unlink()
    clean = project.run("synth", "--check")
    assert clean.returncode == 0
    assert clean.stdout.endswith("dist is what the description makes\n")

    project.edit("apps/auth/app.yaml", "cpu: 100m, memory: 128Mi", "cpu: 110m, memory: 128Mi")
    (project.dist / "prod/argocd/mine.yaml").touch()
    (project.dist / "dev/report.md").unlink()
    before = project.files()
    drift = project.run("synth", "--check")
    assert drift.returncode == 1
    assert "  too many   dist/prod/argocd/mine.yaml" in drift.stdout
    assert "  missing    dist/dev/report.md" in drift.stdout
    assert re.search(r"^- +cpu: 100m\n\+ +cpu: 110m$", drift.stdout, re.MULTILINE)
    assert project.files() == before


def test_one_environment_leaves_the_others_alone(project: Project) -> None:
    project.edit("platform.yaml", "timezone: Asia/Seoul", "timezone: Europe/Berlin")
    before = project.files()
    assert project.run("synth", "--env", "dev").returncode == 0
    changed = {path for path, content in project.files().items() if before.get(path) != content}
    assert changed
    assert all(path.startswith("dev/") for path in changed)
    assert project.run("synth").stdout != "dist is up to date\n"


def test_another_folder_gets_the_same_files(project: Project) -> None:
    assert project.run("synth", "--output", "out/deep").returncode == 0
    assert project.files("out/deep") == project.files()


def test_an_unknown_environment_suggests_the_nearest(project: Project) -> None:
    answer = project.run("synth", "--env", "prd")
    assert answer.returncode == 2
    assert answer.stderr == "tierwright: unknown environment 'prd'; did you mean 'prod'?\n"


@pytest.mark.parametrize("folder", [".", "apps", ".."])
def test_a_folder_with_what_people_wrote_is_no_output(project: Project, folder: str) -> None:
    answer = project.run("synth", "--output", folder, "--discard-foreign")
    assert answer.returncode == 2
    assert "choose a folder" in answer.stderr
    assert (project.root / "apps/auth/app.yaml").exists()


def test_a_file_by_hand_stops_the_swap_until_it_is_given_up(project: Project) -> None:
    project.edit("apps/auth/app.yaml", "rps: 50", "rps: 51")
    project.edit("dist/prod/argocd/Application-argo-cd.yaml", "kind: ", "kind:  ")
    mine = project.dist / "prod/argocd/mine.yaml"
    mine.write_text("kept: true\n")
    before = project.files()
    refused = project.run("synth")
    assert refused.returncode == 1
    assert "  dist/prod/argocd/mine.yaml\n" in refused.stderr
    assert "--discard-foreign" in refused.stderr
    assert project.files() == before

    discarded = project.run("synth", "--discard-foreign")
    assert discarded.returncode == 0
    assert (
        "dist/prod/argocd/Application-argo-cd.yaml was edited by hand and is written anew" in discarded.stderr
    )
    assert not mine.exists()


def test_what_is_no_longer_described_goes_from_the_environments_asked_for(project: Project) -> None:
    shutil.rmtree(project.root / "apps/users")
    lock = project.root / "images.lock.yaml"
    lock.write_text(re.sub(r"    users: .*\n", "", lock.read_text()))

    def left() -> set[str]:
        return {path.partition("/")[0] for path in project.files() if "users-service" in path}

    for options, wanted in ((["--env", "dev"], {"prod"}), ([], set())):
        answer = project.run("synth", *options)
        assert answer.returncode == 0, answer.stdout + answer.stderr
        assert left() == wanted


def test_an_environment_that_nobody_describes_goes_with_a_word(project: Project) -> None:
    shutil.copytree(project.dist / "prod", project.dist / "old")
    answer = project.run("synth")
    assert answer.returncode == 0
    assert answer.stderr == "tierwright: dist/old goes as a whole: no environment is called so\n"
    assert not (project.dist / "old").exists()


def test_two_at_once_end_with_one_whole_dist(project: Project) -> None:
    wanted = project.files()
    shutil.rmtree(project.dist)
    both = [
        subprocess.Popen(project.command("synth"), cwd=project.root, stdout=subprocess.DEVNULL)
        for _ in range(2)
    ]
    assert [each.wait(60) for each in both] == [0, 0]
    assert project.files() == wanted
    assert sorted(path.name for path in project.root.glob(".dist.*")) == []


def test_a_person_at_a_terminal_sees_what_is_going_on(project: Project) -> None:
    (project.root / ".tierwright/stamp.json").unlink()
    reader, terminal = pty.openpty()
    with subprocess.Popen(
        project.command("synth", "--env", "dev"),
        cwd=project.root,
        env=os.environ | {"TERM": "xterm"},
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        seen = b""
        try:
            while more := os.read(reader, 65536):
                seen += more
        except OSError:
            pass  # Linux says so when the last writer has gone
    os.close(reader)
    assert process.returncode == 0
    assert b"composing dev" in seen
    assert b"\x1b[" in seen
