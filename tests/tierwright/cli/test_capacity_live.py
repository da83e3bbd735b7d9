"""`tierwright capacity --nodes FILE --pods FILE`: where a scheduler would put the pods of a cluster."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

NODES = """
kind: List
items:
  - kind: Node
    metadata: {name: a}
    status: {allocatable: {cpu: "1", memory: 1Gi, pods: "3"}}
"""


def answer(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from tierwright.cli import main; main()", "capacity", *arguments]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def pods(*cpus: str) -> str:
    items: list[dict[str, Any]] = [
        {
            "kind": "Pod",
            "metadata": {"name": f"p{number}", "namespace": "shop"},
            "spec": {"containers": [{"resources": {"requests": {"cpu": cpu}}}]},
        }
        for number, cpu in enumerate(cpus)
    ]
    return json.dumps({"kind": "List", "items": items})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "nodes.yaml").write_text(NODES)
    (tmp_path / "pods.json").write_text(pods("600m", "300m", "200m"))
    return tmp_path


def test_each_pod_has_a_node_or_the_schedulers_word(folder: Path) -> None:
    found = answer(folder, "--nodes", "nodes.yaml", "--pods", "pods.json", "--format", "json")
    assert found.returncode == 1
    assert found.stderr == ""
    assert json.loads(found.stdout) == {
        "pods": [
            {"namespace": "shop", "name": "p0", "node": "a", "message": None},
            {"namespace": "shop", "name": "p1", "node": "a", "message": None},
            {
                "namespace": "shop",
                "name": "p2",
                "node": None,
                "message": "0/1 nodes are available: 1 Insufficient cpu. no new claims to deallocate, "
                "preemption: 0/1 nodes are available: 1 No preemption victims found for incoming pod.",
            },
        ]
    }


def test_the_version_decides_the_words(folder: Path) -> None:
    given = ("--nodes", "nodes.yaml", "--pods", "pods.json", "--kubernetes-version", "1.28")
    assert "Insufficient cpu. preemption: 0/1" in answer(folder, *given).stdout


def test_all_placed_is_clean(folder: Path) -> None:
    (folder / "pods.json").write_text(pods("600m", "300m"))
    found = answer(folder, "--nodes", "nodes.yaml", "--pods", "pods.json")
    assert (found.returncode, found.stdout.splitlines()[-1]) == (0, "2 of 2 pods have a node.")


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--nodes", "nodes.yaml"), 2, "--nodes and --pods go together"),
        (("--nodes", "nodes.yaml", "--pods", "none.json"), 3, "none.json: No such file"),
        (("--nodes", "pods.json", "--pods", "pods.json"), 3, "pods.json: it holds no Node"),
        (("--nodes", "nodes.yaml", "--pods", "pods.json", "--format", "xml"), 2, "unknown format 'xml'"),
        (("--nodes", "nodes.yaml", "--pods", "pods.json", "--kubernetes-version", "new"), 2, "is no version"),
    ],
    ids=lambda each: each if isinstance(each, str) else None,
)
def test_what_cannot_be_done_is_told(folder: Path, arguments: tuple[str, ...], code: int, told: str) -> None:
    found = answer(folder, *arguments)
    assert (found.returncode, found.stdout) == (code, "")
    assert told in found.stderr
