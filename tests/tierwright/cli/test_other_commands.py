from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tierpolicies.engine.registry import rule_names
from tierpolicies.engine.rule import HEADINGS

if TYPE_CHECKING:
    from pathlib import Path

    from tests.tierwright.cli.conftest import FakeNode, Project

COMMANDS = (
    *("synth", "check", "schema", "graph", "explain", "capacity", "connectivity"),
    *("init", "new", "remove", "adopt", "bootstrap", "doctor", "kind"),
)
HELP = """
import sys
sys.argv[0] = "tierwright"
from tierwright.cli import main
try:
    main()
finally:
    heavy = {"cdk8s", "constructs", "jsii", "pydantic", "yaml", "rich", "jsonschema_rs"} & set(sys.modules)
    print("heavy:", *sorted(heavy), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments", [["--help"], *([command, "--help"] for command in COMMANDS)], ids=" ".join
)
def test_help_is_plain_and_imports_nothing_heavy(arguments: list[str], tmp_path: Path) -> None:
    answer = subprocess.run(
        [sys.executable, "-c", HELP, *arguments], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "heavy:\n")
    assert "Usage: tierwright" in answer.stdout
    assert "\x1b" not in answer.stdout


@pytest.mark.parametrize("command", ["synth", "graph"])
def test_a_folder_without_a_description_is_told(command: str, project: Project) -> None:
    (project.root / "platform.yaml").unlink()
    answer = project.run(command)
    assert answer.returncode == 3
    assert "platform.yaml:1:1: the file does not exist" in answer.stderr


def test_a_rule_explains_itself(shipped: Project) -> None:
    answer = shipped.run("explain", "reliability/single-scheduler")
    assert answer.returncode == 0
    assert answer.stdout.startswith("reliability/single-scheduler (")
    assert all(heading in answer.stdout for heading in HEADINGS)


def test_a_family_lists_its_rules(shipped: Project) -> None:
    answer = shipped.run("explain", "budget")
    assert answer.returncode == 0
    names = [name for name in rule_names() if name.startswith("budget/")]
    lines = answer.stdout.splitlines()
    assert [line.partition(" ")[0] for line in lines] == names
    assert all(re.fullmatch(r"budget/[a-z-]+ \((error|warning|note)\): .+", line) for line in lines)


def test_an_object_tells_where_each_value_comes_from(shipped: Project, no_node: FakeNode) -> None:
    answer = shipped.run("explain", "HorizontalPodAutoscaler/ai-worker", variables=no_node.variables)
    assert answer.returncode == 0
    assert "tier-3-async-workers/waste/HorizontalPodAutoscaler-ai-worker.yaml" in answer.stdout
    place = re.search(r"/spec/maxReplicas = 10  from (\S+):(\d+)", answer.stdout)
    assert place, answer.stdout
    line = (shipped.root / place[1]).read_text().splitlines()[int(place[2]) - 1]
    assert "max: 10" in line
    assert not no_node.started


def test_one_name_in_several_namespaces_or_environments_is_told_apart(shipped: Project) -> None:
    everywhere = shipped.run("explain", "deployment/auth-service").stdout
    assert "dist/prod/" in everywhere
    assert "dist/dev/" in everywhere
    one = shipped.run("explain", "Deployment/auth/auth-service", "--env", "dev").stdout
    assert "dist/dev/" in one
    assert "dist/prod/" not in one


@pytest.mark.parametrize(
    ("subject", "told"),
    [
        ("reliability/one-failure-domian", "did you mean 'reliability/one-failure-domain'?"),
        ("Deployment/waste-servce", "did you mean 'Deployment/waste/waste-service'?"),
        ("Application/waste", "'Application/argocd/tier-3-waste', 'Application/argocd/waste-coach'?"),
        ("deployment/nope", "known here: Deployment/"),
        ("Deploymnt/auth-service", "did you mean 'Deployment'?"),
        ("waste-service", "'Deployment/waste/waste-service'"),
        ("nope/thing", "kinds and families: "),
        ("Deployment/", "known here: Deployment/"),
        ("nonsense", "nothing is called 'nonsense'; known here: "),
    ],
)
def test_what_nobody_knows_suggests_the_nearest(shipped: Project, subject: str, told: str) -> None:
    answer = shipped.run("explain", subject)
    assert answer.returncode == 2
    assert answer.stdout == ""
    assert told in answer.stderr
    names = answer.stderr.rpartition(": ")[2].rpartition(" mean ")[2].split(", ")
    assert len(names) == len(set(names)) <= 11, "ten, and how many more"
    if subject.startswith("Deployment/"):
        assert all("Deployment/" in name or "… and" in name for name in names)


def test_explain_before_the_first_synth_and_after_a_damage(project: Project) -> None:
    before = project.run("explain", "Deployment/auth-service", "--output", "nowhere")
    assert before.returncode == 2
    assert "run `tierwright synth` first" in before.stderr
    for text in ("[]", '{"version": 1, "files": []}', "<<<<<<< HEAD"):
        (project.dist / "prod/index.json").write_text(text)
        damaged = project.run("explain", "Deployment/auth-service")
        assert damaged.returncode == 3
        assert "dist/prod/index.json: not an inventory" in damaged.stderr
        assert "Run `tierwright synth`" in damaged.stderr


def test_the_graph_draws_every_tier_and_only_declared_ends(shipped: Project, no_node: FakeNode) -> None:
    answer = shipped.run("graph", variables=no_node.variables)
    assert answer.returncode == 0
    assert not no_node.started
    first, *lines = answer.stdout.splitlines()
    assert first == "flowchart LR"
    declared = re.findall(r'^ *(?:subgraph )?(\w+)(?:\["|\(\[")', answer.stdout, re.MULTILINE)
    assert len(declared) == len(set(declared))
    arrows = [re.fullmatch(r'  (\w+) -->\|"[\d, ]*"\| (\w+)', line) for line in lines if "-->" in line]
    assert len(arrows) > 20
    for arrow in arrows:
        assert arrow, lines
        assert set(arrow.groups()) <= set(declared)
    assert sum(line.startswith("  subgraph") for line in lines) == 4
    assert sum(line == "  end" for line in lines) == 4
    other = shipped.run("graph", "--env", "dev").stdout
    assert other.startswith("flowchart LR\n")
    assert other != answer.stdout
    assert shipped.run("graph", "--env", "dve").returncode == 2


def test_schemas_are_written_for_editors(project: Project) -> None:
    answer = project.run("schema", "--output", "editor")
    assert answer.returncode == 0
    written = project.root / "editor"
    assert {path.name for path in written.iterdir()} >= {"platform.json", "app.json"}
    assert json.loads((written / "platform.json").read_text())["type"] == "object"
    (project.root / "taken").touch()
    assert project.run("schema", "--output", "taken").returncode == 3


def test_a_reader_that_stops_early_is_no_error(shipped: Project) -> None:
    with subprocess.Popen(
        shipped.command("graph"),
        cwd=shipped.root,
        env=os.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        assert b"Traceback" not in process.stderr.read()
