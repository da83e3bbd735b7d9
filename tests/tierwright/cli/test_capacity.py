"""`tierwright capacity` on a described platform: every scenario, and what if."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

PLATFORM = """
platform: shop
tiers:
  api: {number: 1, priority: 1000, namespaces: {shop: {}}}
environments:
  prod:
    cluster: {kubernetes: "1.34"}
    pools:
      small: {cpu: "2", memory: 4Gi, nodes: 1, max_nodes: 2, usd_month: 30, labels: {tier: api}}
    placement: {api: small}
"""
WEB = """
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: api}}
    spec:
      nodeSelector: {tier: api}
      containers: [{name: web, image: web, resources: {requests: {cpu: 600m, memory: 128Mi}}}]
"""
CORDONED = "0/1 nodes are available: 1 node(s) were unschedulable"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "platform.yaml").write_text(PLATFORM)
    (tmp_path / "dist/prod").mkdir(parents=True)
    (tmp_path / "dist/prod/web.yaml").write_text(WEB)
    return tmp_path


def answer(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from tierwright.cli import main; main()", "capacity", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_each_scenario_is_a_line_and_each_tier_a_column(project: Path) -> None:
    found = answer(project)
    assert (found.returncode, found.stderr) == (0, "")
    assert [line.rstrip() for line in found.stdout.splitlines()] == [
        "prod:",
        "scenario       api",
        "at rest        fits",
        "update of web  fits",
        "small drained  impossible; with 2 nodes, $60",
        "small lost     impossible; with 2 nodes, $60",
        f"small drained, api: 2 pods that leave small find no other node: {CORDONED}",
        "small lost, api: no node is left for web x 2",
    ]


def test_other_numbers_are_tried_without_a_change_of_files(project: Path) -> None:
    found = answer(project, "--set", "web.max=6", "--scenario", "maximum", "--format", "json")
    assert found.returncode == 0
    (row,) = json.loads(found.stdout)["scenarios"]
    assert (row["scenario"], row["tier"], row["verdict"]) == ("maximum:web", "api", "fits")
    assert (row["nodes_needed"], row["usd_month"]) == (2, 60)
    found = answer(project, "--set", "web.max=7", "--scenario", "maximum", "--format", "json")
    document = json.loads(found.stdout)
    assert (found.returncode, document["verdict"]) == (1, "does-not-fit")
    assert document["scenarios"][0]["nodes_needed"] == 3


def test_a_node_more_bears_the_loss_of_one(project: Path) -> None:
    assert answer(project, "--lose", "small").returncode == 1
    assert answer(project, "--lose", "small", "--set", "small.nodes=2").returncode == 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--lose", "smal"), "there is no node 'smal' (did you mean 'small'?)"),
        (("--scenario", "rst"), "there is no scenario 'rst'"),
        (("--set", "wep.max=3"), "--set names 'wep', which makes no pods (did you mean 'web'?)"),
        (("--set", "web.most=3"), "--set 'web.most=3' sets nothing"),
        (("--set", "web"), "is no setting; write for example ai-worker.max=20"),
    ],
)
def test_words_that_mean_nothing_are_told(project: Path, arguments: tuple[str, ...], told: str) -> None:
    found = answer(project, *arguments)
    assert (found.returncode, found.stdout) == (2, "")
    assert told in found.stderr


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("cpu: 600m", "cpu: 6xx", "dist/prod/web.yaml:12:72: '6xx' is not a quantity"),
        ("cpu: 600m", "cpu: -600m", "'-600m' is negative"),
        (
            "kind: Deployment",
            "kind: Deploymint",
            "nothing to place: the folder holds no object that makes pods",
        ),
    ],
)
def test_what_cannot_be_counted_is_told_with_its_place(project: Path, old: str, new: str, told: str) -> None:
    (project / "dist/prod/web.yaml").write_text(WEB.replace(old, new))
    found = answer(project)
    assert found.returncode == 3
    assert told in found.stderr


def test_an_unknown_instance_type_is_told_with_its_place(project: Path) -> None:
    text = PLATFORM.replace('cpu: "2", memory: 4Gi', "instance: t3.medum")
    (project / "platform.yaml").write_text(text)
    found = answer(project)
    assert found.returncode == 3
    assert "platform.yaml:9:" in found.stderr
    assert "the capacity of 't3.medum' is not known (did you mean 't3.medium'?)" in found.stderr


def test_a_workload_that_matches_no_pool_is_impossible_and_says_why(project: Path) -> None:
    (project / "dist/prod/web.yaml").write_text(
        WEB.replace("nodeSelector: {tier: api}", "nodeSelector: {tier: db}")
    )
    found = answer(project, "--scenario", "rest")
    assert found.returncode == 1
    assert "no node can take a pod of web" in found.stdout
    assert "1 node(s) didn't match Pod's node affinity/selector" in found.stdout


def test_pods_that_wait_for_one_another_are_told(project: Path) -> None:
    near = (
        "      affinity: {podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: "
        "kubernetes.io/hostname, labelSelector: {matchLabels: {app: OTHER}}}]}}\n      nodeSelector:"
    )
    one = WEB.replace("      nodeSelector:", near.replace("OTHER", "api"))
    other = WEB.replace("web", "api").replace("      nodeSelector:", near.replace("OTHER", "web"))
    (project / "dist/prod/web.yaml").write_text(f"{one}---{other}")
    found = answer(project, "--scenario", "rest")
    assert found.returncode == 1
    assert "must be near to a pod that runs, and none of what they name can be there first" in found.stdout
