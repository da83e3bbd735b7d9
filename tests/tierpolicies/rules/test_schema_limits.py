"""What an API server refuses beyond the published schemas: one fault gives one finding, of the right rule."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from tierpolicies import judge
from tierpolicies.engine.finding import Finding

TODAY = date(2026, 11, 1)
MISSING = object()
BASES = yaml.safe_load((Path(__file__).parent / "schema_bases.yaml").read_text("utf-8"))
"""A clean object of each kind that the cases below spoil."""


def schema_findings(objects: list[Any], kubernetes: str | None = None) -> list[Finding]:
    files = {"objects.yaml": yaml.safe_dump_all(objects).encode()}
    report = judge(files, platform=None, today=TODAY, kubernetes=kubernetes)
    return [each for each in report.findings if each.rule.startswith(("schema/", "input/"))]


def spoilt(kind: str, path: str, value: object) -> Any:
    """The base of a kind with a value at a path replaced, added or, for MISSING, removed."""
    result = copy.deepcopy(BASES[kind])
    *steps, last = path.split("/")
    parent = result
    for step in steps:
        parent = parent[int(step)] if isinstance(parent, list) else parent.setdefault(step, {})
    key: Any = int(last) if isinstance(parent, list) else last
    if value is MISSING:
        del parent[key]
    else:
        parent[key] = value
    return result


@pytest.mark.parametrize("kind", sorted(BASES))
@pytest.mark.parametrize("kubernetes", ["1.28", "1.37"])
def test_a_clean_object_has_no_finding(kind: str, kubernetes: str) -> None:
    assert schema_findings([BASES[kind]], kubernetes) == []


CASES = yaml.safe_load((Path(__file__).parent / "schema_cases.yaml").read_text("utf-8"))


@pytest.mark.parametrize(
    ("rule", "kind", "path", "value", "message"),
    [
        pytest.param(
            rule,
            case[0],
            case[1],
            MISSING if len(case) < 4 else case[3],
            case[2],
            id=f"{rule}-{case[0]}-{case[1]}-{number}",
        )
        for rule, cases in CASES.items()
        for number, case in enumerate(cases)
    ],
)
def test_a_fault_gives_one_finding(rule: str, kind: str, path: str, value: object, message: str) -> None:
    found = schema_findings([spoilt(kind, path, value)], "1.28")
    assert [(each.rule, message in each.message) for each in found] == [(f"schema/{rule}", True)], [
        f"{each.rule} {each.pointer}: {each.message}" for each in found
    ]


@pytest.mark.parametrize(
    ("kind", "field", "size"),
    [
        ("ConfigMap", "data", 1 << 20),
        ("Secret", "stringData", 1 << 20),
        ("ConfigMap", "annotations", 1 << 18),
    ],
)
def test_more_data_than_an_api_server_takes(kind: str, field: str, size: int) -> None:
    path = f"metadata/{field}/a" if field == "annotations" else f"{field}/a"
    spare = 64  # what the object holds beside
    assert schema_findings([spoilt(kind, path, "x" * (size - spare))]) == []
    (found,) = schema_findings([spoilt(kind, path, "x" * (size + 1))])
    assert found.rule == "schema/data-size"


def test_a_choice_that_later_versions_have_names_those_without_it() -> None:
    spoilt_service = spoilt("Service", "spec/trafficDistribution", "PreferSameNode")
    (found,) = schema_findings([spoilt_service], "1.30")
    assert found.rule == "schema/enum-values"
    assert found.message.endswith("(Kubernetes 1.30\u20131.32)")
    assert schema_findings([spoilt_service], "1.33") == []


def test_a_field_called_by_a_figure_is_a_field() -> None:
    (found,) = schema_findings([spoilt("ConfigMap", "data", {"1": 5})])
    assert (found.pointer, found.message) == ("/data/1", "expected a string, not 5; quote it")
    (found,) = schema_findings([spoilt("Deployment", "spec/selector/matchLabels", {"1": 5, "app": "web"})])
    assert found.pointer == "/spec/selector/matchLabels/1"


def test_capitals_alone_are_mended_without_judgement() -> None:
    from tierpolicies.schemas.validation import Validation

    (invalid,) = Validation(["v1/Service"], versions=("1.37",)).errors(
        "v1/Service", spoilt("Service", "spec/type", "nodeport")
    )
    assert invalid.told.instead == "NodePort"


def test_an_object_of_a_removed_api_is_held_against_its_successor_that_is_alike() -> None:
    old = spoilt("PodDisruptionBudget", "spec/maxUnavailable", MISSING) | {"apiVersion": "policy/v1beta1"}
    assert sorted(each.rule for each in schema_findings([old])) == ["schema/one-of", "schema/removed-api"]
