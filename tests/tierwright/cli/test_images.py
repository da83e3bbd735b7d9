"""`tierwright bump` and `tierwright promote` as a person and a pipeline call them."""

from __future__ import annotations

import subprocess
from typing import Any

import yaml

from tests.tierwright.cli.conftest import Project

DIGEST = f"sha256:{'4b' * 32}"
LOCK = "images.lock.yaml"


def image(project: Project, environment: str, app: str) -> Any:
    return yaml.safe_load((project.root / LOCK).read_text())["images"][environment][app]


def test_a_bump_and_a_promotion_change_their_own_lines_alone(project: Project) -> None:
    before = (project.root / LOCK).read_text().splitlines()
    bumped = project.run("bump", "waste", "--digest", DIGEST, "--tag", "sha-1a2b3c4", "--env", "dev")
    assert bumped.returncode == 0, bumped.stderr
    assert bumped.stdout == f"dev: waste sha-245b5a7 → sha-1a2b3c4 {DIGEST}\n"
    promoted = project.run("promote", "dev", "prod", "waste")
    assert promoted.returncode == 0, promoted.stderr
    after = (project.root / LOCK).read_text().splitlines()
    differing = [new for old, new in zip(before, after, strict=True) if old != new]
    assert differing == [f"    waste: {{tag: sha-1a2b3c4, digest: {DIGEST}}}"] * 2


def test_a_bump_names_the_commit_that_is_checked_out(project: Project) -> None:
    assert project.run("bump", "waste", "--digest", DIGEST, "--env", "dev").returncode == 0
    tag = image(project, "dev", "waste")["tag"]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project.root, check=True, capture_output=True)
    assert head.stdout.decode().startswith(tag.removeprefix("sha-"))
    assert len(tag) == len("sha-") + 12


def test_an_app_that_is_new_can_be_bumped_before_the_description_is_whole(project: Project) -> None:
    lines = (project.root / LOCK).read_text().splitlines(keepends=True)
    (project.root / LOCK).write_text("".join(line for line in lines if " waste:" not in line))
    assert "no image of app 'waste' is locked" in project.run("synth").stderr
    done = project.run("bump", "waste", "--digest", DIGEST, "--env", "dev", "--env", "prod")
    assert done.returncode == 0, done.stderr
    assert "dev: waste nothing → " in done.stdout


def test_what_was_not_released_yet_is_told_at_its_line_of_the_lock(project: Project) -> None:
    assert project.run("bump", "waste", "--digest", DIGEST, "--env", "prod").returncode == 0
    assert project.run("synth", "--env", "prod").returncode == 0
    report = (project.dist / "prod/report.md").read_text()
    told = report.partition("**gitops/released-image**")[2].split("\n- ")[0]
    assert "ghcr.io/growbin tells no digest: auth, beat" in told
    assert "waste" not in told.partition("digest: ")[2].split("\n")[0]
    lines = (project.root / LOCK).read_text().splitlines()
    number = int(told.partition("images.lock.yaml:")[2].partition("`")[0])
    assert lines[number - 1].startswith("    auth: ")


def test_wrong_words_are_told_with_what_was_meant(project: Project) -> None:
    before = (project.root / LOCK).read_bytes()
    calls = {
        ("bump", "wast", "--digest", DIGEST, "--env", "dev"): "unknown app 'wast'; did you mean 'waste'?",
        ("bump", "waste", "--digest", DIGEST, "--env", "de"): "unknown environment 'de'; did you mean 'dev'?",
        ("bump", "waste", "--digest", DIGEST): "--env names where the image runs",
        (
            "bump",
            "waste",
            "--digest",
            "sha256:1",
            "--env",
            "dev",
        ): "--digest 'sha256:1' is not a digest; write",
        (
            "bump",
            "waste",
            "--digest",
            DIGEST,
            "--tag",
            "v1",
            "--env",
            "dev",
        ): "--tag 'v1' is not an image's tag",
        ("promote", "dev", "prd"): "unknown environment 'prd'; did you mean 'prod'?",
        ("promote", "dev", "dev"): "dev runs what dev runs",
        ("promote", "dev", "prod", "autz"): "unknown app 'autz'; did you mean 'auth'?",
    }
    for arguments, told in calls.items():
        done = project.run(*arguments)
        assert (done.returncode, done.stdout) == (2, "")
        assert told in done.stderr
    refused = project.run("promote", "dev", "prod")
    assert refused.returncode == 1
    assert "no digest in dev" in refused.stderr
    assert (project.root / LOCK).read_bytes() == before
