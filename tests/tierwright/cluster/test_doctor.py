"""What a cluster lacks: each kind of lack is found, told with its mend, and nothing else is."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.tierwright.cli.conftest import Project, project, shipped  # noqa: F401 - fixtures
from tests.tierwright.cluster.conftest import ROOT
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.reader import read, read_files
from tierpolicies.documents.view import View
from tierwright.cluster import kind_check, node_check
from tierwright.cluster.nodes import EXCLUDED
from tierwright.compose.plan import Plan

Node = dict[str, Any]
SIZES = {"t3.medium": ("2", "3686Mi"), "t3.large": ("2", "7475Mi")}


def node(name: str, instance: str, *, tier: str, taints: list[dict[str, str]] | None = None) -> Node:
    """A node as kubectl prints it, well in every way."""
    cpu, memory = SIZES[instance]
    return {
        "kind": "Node",
        "metadata": {"name": name, "labels": {"tier": tier}},
        "spec": {
            "podCIDR": "192.168.1.0/24",
            "providerID": f"aws:///ap-northeast-2a/{name}",
            **({"taints": taints} if taints else {}),
        },
        "status": {
            "allocatable": {"cpu": cpu, "memory": memory},
            "addresses": [{"type": "InternalIP", "address": "10.0.1.5"}],
            "conditions": [{"type": "Ready", "status": "True"}],
            "nodeInfo": {"kubeletVersion": "v1.28.4"},
        },
    }


@pytest.fixture
def nodes() -> dict[str, Node]:
    """The four nodes of prod, by name."""
    control = [{"key": "node-role.kubernetes.io/control-plane", "effect": "NoSchedule"}]
    storage = [{"key": "tier", "value": "storage", "effect": "NoSchedule"}]
    return {
        each["metadata"]["name"]: each
        for each in (
            node("master", "t3.large", tier="control", taints=control),
            node("worker-1", "t3.medium", tier="sync-api"),
            node("worker-2", "t3.medium", tier="async-workers"),
            node("storage", "t3.large", tier="storage", taints=storage),
        )
    }


def lacks(plan: Plan, nodes: dict[str, Node]) -> list[str]:
    return [str(each) for each in node_check.check(plan, [View(each) for each in nodes.values()])]


def test_a_cluster_as_described_lacks_nothing(prod: Plan, nodes: dict[str, Node]) -> None:
    assert lacks(prod, nodes) == []


def change(path: str, value: object) -> Callable[[Node], None]:
    """Write a value into a node; None takes it out."""

    def changing(node: Node) -> None:
        place: Any = node
        *way, last = (int(step) if step.isdecimal() else step for step in path.split("/"))
        for step in way:
            place = place[step]
        if value is None:
            del place[last]
        else:
            place[last] = value

    return changing


@pytest.mark.parametrize(
    ("name", "broken", "told", "mend"),
    [
        (
            "worker-1",
            change("metadata/labels/tier", "sync"),
            "pool worker-1: 1 node with the labels tier=sync-api wanted, 0 have them",
            "kubectl label node NAME tier=sync-api",
        ),
        (
            "storage",
            change("spec/taints", None),
            "storage: the taint tier=storage:NoSchedule is missing: others may land there",
            "kubectl taint node storage tier=storage:NoSchedule",
        ),
        (
            "worker-1",
            change("spec/taints", [{"key": "gpu", "effect": "NoExecute"}]),
            "worker-1: nothing of pool worker-1 tolerates its taint gpu:NoExecute",
            "kubectl taint node worker-1 gpu:NoExecute-",
        ),
        (
            "worker-2",
            change("spec/providerID", None),
            "worker-2: spec.providerID is empty",
            "tierwright bootstrap",
        ),
        (
            "master",
            change(f"metadata/labels/{EXCLUDED.replace('/', '~')}", ""),
            "master: its label keeps load balancers from it",
            f"kubectl label node master {EXCLUDED}-",
        ),
        (
            "worker-1",
            change("status/allocatable/cpu", "1930m"),
            "it gives 1930m CPU where 2000m",
            "a larger machine",
        ),
        (
            "worker-1",
            change("status/allocatable/memory", "3Gi"),
            "it gives 3Gi memory where 3.6Gi",
            "a larger",
        ),
        ("worker-1", change("status/allocatable", None), "it does not say what it can give", "its kubelet"),
        (
            "worker-1",
            change("status/conditions/0", {"type": "Ready", "status": "False"}),
            "not ready",
            "describe",
        ),
        ("worker-1", change("spec/unschedulable", True), "it is cordoned", "kubectl uncordon worker-1"),
        (
            "worker-1",
            change("status/nodeInfo/kubeletVersion", "v1.29.0"),
            "its kubelet is v1.29.0",
            "upgrade",
        ),
        ("worker-1", change("status/nodeInfo", {}), "its kubelet is unknown", "upgrade"),
        (
            "worker-1",
            change("status/addresses/0/address", "172.16.0.1"),
            "172.16.0.1 is not in ranges.nodes",
            "write",
        ),
        ("worker-1", change("status/addresses", []), "it has no InternalIP address", "registered"),
        ("worker-1", change("spec/podCIDR", "10.244.0.0/24"), "addresses of 10.244.0.0/24", "ranges"),
        ("worker-1", change("spec/podCIDR", "fd00::/64"), "addresses of fd00::/64", "ranges"),
    ],
)
def test_what_is_broken_is_told_with_its_mend(  # noqa: PLR0917 - pytest names them
    prod: Plan, nodes: dict[str, Node], name: str, broken: Callable[[Node], None], told: str, mend: str
) -> None:
    broken(nodes[name])
    labels = nodes[name]["metadata"]["labels"]
    nodes[name]["metadata"]["labels"] = {key.replace("~", "/"): value for key, value in labels.items()}
    found = lacks(prod, nodes)
    assert [each for each in found if told in each and mend in each], found


def test_memory_may_be_a_little_less_than_measured(prod: Plan, nodes: dict[str, Node]) -> None:
    nodes["worker-1"]["status"]["allocatable"]["memory"] = "3640Mi"
    assert lacks(prod, nodes) == []


def test_a_node_of_no_pool_is_told(prod: Plan, nodes: dict[str, Node]) -> None:
    nodes["spare"] = node("spare", "t3.medium", tier="nothing")
    (found,) = lacks(prod, nodes)
    assert "spare: it is of no pool" in found


def test_a_laptop_s_one_node_is_of_every_tier(dev: Plan) -> None:
    laptop = node("waste-coach-control-plane", "t3.large", tier="")
    laptop["spec"] = {"podCIDR": "10.244.0.0/24"}
    laptop["status"]["allocatable"] = {"cpu": "8", "memory": "16Gi"}
    laptop["status"]["addresses"][0]["address"] = "172.18.0.2"
    assert lacks(dev, {"laptop": laptop}) == []


def definition(group: str, kind: str, *versions: str) -> View:
    served: list[Value] = [{"name": each, "served": True} for each in versions]
    spec: dict[str, Value] = {"group": group, "names": {"kind": kind}, "versions": served}
    return View({"kind": "CustomResourceDefinition", "spec": spec})


def test_what_components_bring_may_be_missing_before_the_first_sync(prod: Plan) -> None:
    manifests = read(ROOT / "dist/prod").manifests
    assert {each.group for each in manifests} >= {"external-secrets.io", "monitoring.coreos.com"}
    assert list(kind_check.check(prod, manifests, [])) == []


def test_a_kind_that_is_there_in_another_version_is_told(prod: Plan) -> None:
    manifests = read(ROOT / "dist/prod").manifests
    old = definition("external-secrets.io", "ExternalSecret", "v1alpha1", "v1beta1")
    (found,) = kind_check.check(prod, manifests, [old])
    assert str(found) == (
        "ExternalSecret.external-secrets.io: dist is written in v1; the cluster serves v1alpha1, v1beta1\n"
        "    upgrade it to the chart of external-secrets"
    )
    new = definition("external-secrets.io", "ExternalSecret", "v1", "v1beta1")
    assert list(kind_check.check(prod, manifests, [new])) == []


def test_a_kind_that_nobody_defines_is_told(dev: Plan) -> None:
    text = b"apiVersion: example.org/v1\nkind: Thing\nmetadata: {name: a, namespace: b}\n"
    manifests = read_files({"a.yaml": text}).manifests
    (found,) = kind_check.check(dev, manifests, [])
    assert "Thing.example.org: dist has such objects, and nothing defines the kind" in str(found)
    assert list(kind_check.check(dev, manifests, [definition("example.org", "Thing", "v1")])) == []


@pytest.fixture
def files(tmp_path: Path, nodes: dict[str, Node]) -> dict[str, Path]:
    contents = {
        "nodes": {"kind": "List", "items": list(nodes.values())},
        "cordoned": {"kind": "List", "items": [{**each, "spec": {**each["spec"], "unschedulable": True}}
                                               for each in nodes.values()]},
        "crds": {"kind": "List", "items": []},
        "pods": {"kind": "List", "items": [{"kind": "Pod"}]},
    }  # fmt: skip
    for name, content in contents.items():
        (tmp_path / name).write_text(json.dumps(content))
    (tmp_path / "text").write_text("NAME STATUS\n")
    return {name: tmp_path / name for name in (*contents, "text", "nowhere")}


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["--env", "prod", "--nodes", "nodes", "--crds", "crds"], 0, "prod: the cluster has what dist needs"),
        (["--env", "prod", "--nodes", "cordoned"], 1, "kubectl uncordon storage"),
        (["--nodes", "nodes"], 2, "write --env with one of prod, dev"),
        (["--env", "prod"], 2, "give --nodes FILE, --crds FILE or both"),
        (["--env", "prd", "--nodes", "nodes"], 2, "unknown environment 'prd'"),
        (["--env", "prod", "--nodes", "text"], 3, "it holds no JSON; write it with `kubectl get nodes"),
        (["--env", "prod", "--nodes", "pods"], 3, "it holds Pod, where Node is wanted"),
        (["--env", "prod", "--crds", "nodes"], 3, "it holds Node, where CustomResourceDefinition is wanted"),
        (["--env", "prod", "--nodes", "nowhere"], 3, "No such file"),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, list) else "",
)
def test_the_exit_code_says_what_came_of_it(
    project: Project,  # noqa: F811 - the fixture
    files: dict[str, Path],
    arguments: list[str],
    code: int,
    told: str,
) -> None:
    answer = project.run("doctor", *(files.get(each, each) for each in arguments))
    assert answer.returncode == code, answer.stdout + answer.stderr
    assert told in answer.stdout + answer.stderr
    assert "Traceback" not in answer.stderr
