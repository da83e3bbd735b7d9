"""What a description names beside itself decides about a synth too, and is never taken for unchanged."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.tierwright.description.test_policies import OWN

if TYPE_CHECKING:
    from tests.tierwright.cli.conftest import Project

UP_TO_DATE = "dist is up to date\n"

DEFINITION = """apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: boxes.example.org}
spec:
  group: example.org
  scope: Namespaced
  names: {kind: Box, plural: boxes}
  versions:
    - name: v1
      served: true
      storage: true
      schema: {openAPIV3Schema: {type: object}}
"""


@pytest.fixture
def owner(project: Project) -> Project:
    """The shipped project with a rule of its own and definitions of kinds, synthesized."""
    (project.root / "rules/shop").mkdir(parents=True)
    (project.root / "rules/shop/names.py").write_text(OWN)
    (project.root / "crds").mkdir()
    (project.root / "crds/box.yaml").write_text(DEFINITION)
    project.edit("platform.yaml", "\npolicies:\n", "\npolicies:\n  rules: rules\n  crds: [crds]\n")
    made = project.run("synth")
    assert made.returncode == 0, made.stdout + made.stderr
    assert project.run("synth").stdout == UP_TO_DATE
    return project


def test_an_own_rule_that_changed_is_asked_again(owner: Project) -> None:
    finds = OWN.replace("return iter(())", 'yield Fault("it has a name", manifest)')
    (owner.root / "rules/shop/names.py").write_text(finds)
    answer = owner.run("synth")
    assert answer.returncode == 1
    assert "warning[shop/names]: it has a name" in answer.stdout
    (owner.root / "rules/shop/names.py").write_text(OWN)
    assert owner.run("synth").stdout == UP_TO_DATE, "what was there before was made of this"


def test_files_that_come_are_inputs_as_well(owner: Project) -> None:
    (owner.root / "rules/shop/more.py").write_text("check = 1\n")
    answer = owner.run("synth")
    assert answer.returncode == 3
    assert "rules/shop/more.py declares no rule" in answer.stderr
    (owner.root / "rules/shop/more.py").unlink()
    (owner.root / "crds/note.txt").write_text("a")
    assert "up to date" not in owner.run("synth").stdout
    assert owner.run("synth").stdout == UP_TO_DATE


def test_own_rules_are_nothing_to_replace(owner: Project) -> None:
    answer = owner.run("synth", "--output", "rules")
    assert answer.returncode == 2
    assert "rules/shop/names.py; choose a folder" in answer.stderr
