from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tierwright.cli.conftest import FakeNode, Project

TRACE = """
import sys
from tierwright.cli import main
try:
    main()
finally:
    heavy = {"cdk8s", "constructs", "jsii", "tiered.chart", "tierwright.synthesis"} & set(sys.modules)
    print("heavy:", *sorted(heavy), file=sys.stderr)
"""
BROKEN = "a: [1\n"


def test_a_clean_dist_in_every_format(shipped: Project) -> None:
    answer = shipped.run("check")
    assert answer.returncode == 0, answer.stdout
    assert answer.stderr == ""
    assert "\x1b" not in answer.stdout
    assert answer.stdout.splitlines()[-1].startswith("Clean: ")

    report = json.loads(shipped.run("check", "--format", "json").stdout)
    assert (report["version"], report["verdict"], report["exit"]) == (1, "clean", 0)
    waived = [finding for finding in report["findings"] if finding["waived"]]
    assert [finding["rule"] for finding in waived] == ["reliability/one-failure-domain"]
    assert waived[0]["file"] == "prod/tier-4-storage/messaging/StatefulSet-rabbitmq.yaml"
    assert waived[0]["source"]["file"] == "platform.yaml"

    page = shipped.run("check", "dist/prod", "--format", "summary").stdout
    assert page.startswith("Clean: ")
    assert "| 4 storage | 1 |" in page


def test_several_formats_go_to_files_and_one_to_stdout(shipped: Project, tmp_path: Path) -> None:
    files = {
        name: tmp_path / f"report.{name}"
        for name in ("json", "markdown", "sarif", "junit", "github", "summary", "html", "policyreport")
    }
    formats = [f"--format={name}={file}" for name, file in files.items()]
    answer = shipped.run("check", *formats, "--format=text")
    assert answer.returncode == 0
    assert answer.stdout.splitlines()[-1].startswith("Clean: ")
    assert json.loads(files["json"].read_text())["exit"] == 0
    assert files["markdown"].read_text().startswith("Clean: ")


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--format", "text", "--format", "json"], "two formats want stdout"),
        (["--format", "jsn"], "unknown format 'jsn'; did you mean 'json'?"),
        (["--format", "json="], "names no file"),
        (["--select", "reliability/one-failure-domian"], "did you mean 'reliability/one-failure-domain'?"),
        (["--ignore", "realiability"], "did you mean 'reliability'?"),
        (["--env", "prd"], "unknown environment 'prd'; did you mean 'prod'?"),
        (["--kubernetes-version", "1.12"], "Kubernetes 1.12 is not known; known are "),
        (["--today", "tomorrow"], "tomorrow"),
        (["--no-such-option"], "No such option"),
    ],
)
def test_what_means_nothing_is_wrong_usage(shipped: Project, arguments: list[str], told: str) -> None:
    answer = shipped.run("check", *arguments)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert told in answer.stderr


def test_the_day_decides_about_waivers(shipped: Project) -> None:
    later = shipped.run("check", "--today", "2027-02-16")
    assert later.returncode == 1
    assert "waivers/expired" in later.stdout


def test_rules_are_chosen_by_name_or_family(project: Project) -> None:
    project.edit("platform.yaml", "expires: 2027-02-15", "expires: 2026-01-31")
    whole = json.loads(project.run("check", "--format", "json").stdout)
    rules = {finding["rule"] for finding in whole["findings"] if finding["severity"] != "note"}
    assert {"waivers/expired", "reliability/one-failure-domain"} <= rules

    def verdict(*arguments: str) -> tuple[int, set[str]]:
        answer = project.run("check", "--format", "json", *arguments)
        findings = json.loads(answer.stdout)["findings"]
        return answer.returncode, {finding["rule"] for finding in findings}

    assert verdict("--select", "schema") == (0, {"schema/kubernetes-support"})
    code, left = verdict("--ignore", "waivers", "--ignore", "reliability/one-failure-domain")
    assert code == 1
    told = left & {"waivers/expired", "reliability/one-failure-domain"}
    assert told == {"waivers/expired"}, "nobody turns the watch over waivers off"


def test_only_the_environments_asked_for_are_judged(project: Project) -> None:
    (project.dist / "prod/cluster/broken.yaml").write_text(BROKEN)
    assert project.run("check", "--env", "dev").returncode == 0
    assert project.run("check", "dist/dev").returncode == 0
    assert project.run("check").returncode == 3


def test_broken_yaml_outranks_the_findings_and_hides_none(project: Project) -> None:
    project.edit(
        "dist/prod/tier-2-sync-api/users/Deployment-users-service.yaml", "replicas: 1", "replicas: x"
    )
    (project.dist / "prod/cluster/broken.yaml").write_text(BROKEN)
    answer = project.run("check")
    assert answer.returncode == 3
    assert "error[input/syntax]" in answer.stdout
    assert "prod/cluster/broken.yaml:" in answer.stdout
    assert "error[schema/valid]" in answer.stdout
    assert project.run("check", "--ignore", "input").returncode == 3, "unread files are not a matter of taste"


def test_nothing_to_check_is_no_success(tmp_path: Path, shipped: Project) -> None:
    (tmp_path / "empty").mkdir()
    empty = shipped.run("check", tmp_path / "empty")
    assert empty.returncode == 3
    assert "input/nothing-to-check" in empty.stdout
    absent = shipped.run("check", tmp_path / "absent")
    assert absent.returncode == 3
    assert "absent: it does not exist. Name the folder" in absent.stderr


def test_a_broken_description_is_unreadable_input(project: Project) -> None:
    project.edit("platform.yaml", "number: 2", "number: two")
    answer = project.run("check")
    assert answer.returncode == 3
    assert "platform.yaml:" in answer.stderr
    assert project.run("check", "--platform", "absent.yaml").returncode == 3


def test_manifests_of_strangers_need_no_description(tmp_path: Path, shipped: Project) -> None:
    foreign = tmp_path / "deploy"
    foreign.mkdir()
    (foreign / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\ndata: {a: 1}\n")
    answer = shipped.run("check", foreign)
    assert answer.returncode == 1
    assert "error[schema/valid]" in answer.stdout
    assert "--> a.yaml:4:" in answer.stdout
    needs = shipped.run("check", foreign, "--env", "prod")
    assert needs.returncode == 2
    assert "--env needs a description" in needs.stderr


def test_a_description_elsewhere_is_named(tmp_path: Path, project: Project) -> None:
    moved = tmp_path / "manifests"
    shutil.move(project.dist / "prod", moved)
    unnamed = project.run("check", moved, "--platform", "platform.yaml")
    assert unnamed.returncode == 2
    assert "choose one with --env: prod, dev" in unnamed.stderr
    named = project.run("check", moved, "--platform", "platform.yaml", "--env", "prod", "--format", "summary")
    assert named.returncode == 0, named.stdout
    assert "| 4 storage | 1 |" in named.stdout


def test_the_judge_needs_neither_cdk8s_nor_node(shipped: Project, no_node: FakeNode) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", TRACE, "check"],
        cwd=shipped.root,
        env=os.environ | no_node.variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0
    assert answer.stderr == "heavy:\n"
    assert not no_node.started
