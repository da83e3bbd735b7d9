"""`tierwright fix` on the shipped project: what it writes, what it leaves alone, what it says."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.tierwright.cli.conftest import Project

STALE = """  # the broker has moved
  - rule: reliability/one-failure-domain
    object: StatefulSet/messaging/rabit
    owner: platform-team
    reason: gone long ago but kept here
    expires: 2027-01-15
"""


@pytest.fixture
def faulty(project: Project) -> Project:
    """A name that is misspelt, and a waiver that nothing needs."""
    project.edit("apps/worker_ai/app.yaml", "redis-cache", "redis-cash")
    with (project.root / "platform.yaml").open("a") as file:
        file.write(STALE)
    return project


def description(root: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (root / "platform.yaml", *root.glob("apps/*/app.yaml"))}


def test_what_is_mechanical_is_mended_to_the_letter(project: Project, faulty: Project) -> None:
    answer = faulty.run("fix")
    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "mended: apps/worker_ai/app.yaml:16: unknown target 'redis-cash'" in answer.stdout
    assert "waivers/unused" in answer.stdout
    status = subprocess.run(
        ["git", "-C", str(faulty.root), "status", "--short", "--untracked-files=no"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert status.stdout == "", "the mended files are what they were before they were spoilt"
    assert faulty.run("fix").stdout == "nothing can be mended without judgement\n"


def test_the_difference_alone_writes_nothing(faulty: Project) -> None:
    before = description(faulty.root)
    answer = faulty.run("fix", "--diff")
    assert answer.returncode == 1
    assert "+    calls: [postgres/waste, redis, redis-cache, s3, openai]" in answer.stdout
    assert "-  # the broker has moved" in answer.stdout
    assert description(faulty.root) == before


def test_what_needs_judgement_is_left_and_told(project: Project) -> None:
    project.edit("platform.yaml", "usd_month: 185", "usd_month: 100")
    before = description(project.root)
    answer = project.run("fix")
    assert answer.returncode == 1
    assert "left for you: 1 finding\n" in answer.stdout
    assert "exceeds $100" in answer.stdout
    assert description(project.root) == before


def test_a_description_that_is_not_yaml_stays_as_it_is(project: Project) -> None:
    project.edit("platform.yaml", "tiers:\n", "tiers: [\n")
    before = description(project.root)
    answer = project.run("fix")
    assert answer.returncode == 3
    assert "left for you" in answer.stdout
    assert description(project.root) == before


def test_the_files_keep_their_rights(faulty: Project) -> None:
    file = faulty.root / "apps" / "worker_ai" / "app.yaml"
    file.chmod(0o640)
    assert faulty.run("fix").returncode == 0
    assert file.stat().st_mode & 0o777 == 0o640
