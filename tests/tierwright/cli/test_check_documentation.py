"""What policies/README.md shows is run as it stands."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.shipped_project import ROOT
from tests.tierwright.cli.git_project import GitProject
from tierwright.description.platform import Platform
from tierwright.description.reading import read

TEXT = (ROOT / "policies/README.md").read_text(encoding="utf-8")
NAMESPACE = "apiVersion: v1\nkind: Namespace\nmetadata: {name: shop%s}\n"


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


DESCRIPTION, POLICIES, WAIVERS = blocks("yaml")
(RULE,) = blocks("python")


@pytest.fixture
def project(tmp_path: Path) -> GitProject:
    """The documentation's description, with its own rule and a namespace."""
    name = re.search(r"^# (policies/rules/\S+\.py)$", RULE, re.MULTILINE)
    assert name
    policies = "policies: {rules: policies/rules}\n"
    return GitProject.new(
        tmp_path / "project",
        {
            "platform.yaml": DESCRIPTION + policies,
            name[1]: RULE,
            "dist/prod/namespace.yaml": NAMESPACE % "",
        },
    )


def test_the_own_rule_finds_what_it_is_for(project: GitProject) -> None:
    answer = project.run("dist", "--select", "shop")
    assert answer.returncode == 1, answer.stderr
    assert "warning[shop/cost-centre]: shop has no label cost-centre" in answer.stdout
    assert "--> prod/namespace.yaml:3:" in answer.stdout
    project.write({"dist/prod/namespace.yaml": NAMESPACE % ', labels: {cost-centre: "4711"}'})
    assert project.run("dist", "--select", "shop").returncode == 0


def test_the_own_rule_takes_its_parameter(project: GitProject) -> None:
    text = (project.root / "platform.yaml").read_text()
    given = text.replace("rules: policies/rules}", "rules: policies/rules, parameters: %s}")
    project.write({"platform.yaml": given % "{shop/cost-centre: {label: payer}}"})
    assert "shop has no label payer" in project.run("dist", "--select", "shop").stdout


def test_the_description_and_its_further_parts_are_understood(tmp_path: Path) -> None:
    for number, text in enumerate((DESCRIPTION, DESCRIPTION + POLICIES, DESCRIPTION + WAIVERS)):
        (tmp_path / f"{number}.yaml").write_text(text)
        read(Platform, tmp_path / f"{number}.yaml", root=tmp_path)


def test_every_rule_that_is_named_is_there() -> None:
    from tierpolicies.engine.registry import every_rule

    named = set(re.findall(r"\b(?:schema|security)/[a-z-]+\b", POLICIES + WAIVERS))
    assert named <= {rule.name for rule in every_rule()}
