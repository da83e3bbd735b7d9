"""Findings of a whole run: places, fingerprints, waivers, verdicts."""

import json
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from tierpolicies import Report, judge
from tierpolicies.documents.reader import read
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.settings import Settings
from tierpolicies.platform import Place, Platform, Waiver

TODAY = date(2026, 11, 1)
SEVERITIES = {"references/budget-selector": "off"}  # the budget of these tests stands alone
PLATFORM = Platform(
    "shop", "prod", "1.37", "us-east-1", "vpc", tiers=(), pools=(), settings=Settings(severities=SEVERITIES)
)
BUDGET = """apiVersion: policy/v1
kind: PodDisruptionBudget
metadata: {name: web, namespace: shop}
spec:
  maxUnavailable: 0
  unhealthyPodEvictionPolicy: AlwaysAllow
"""
RULE, OBJECT = "reliability/budget-blocks-drain", "PodDisruptionBudget/shop/web"
WAIVER = Waiver(RULE, OBJECT, "ops", "drained by hand", TODAY + timedelta(days=90))


def checked(folder: Path, *waivers: Waiver, today: date = TODAY) -> Report:
    return judge(folder, platform=replace(PLATFORM, waivers=waivers), today=today)


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "budget.yaml").write_text(BUDGET)
    return tmp_path


def test_a_finding_names_rule_object_and_place(tree: Path) -> None:
    (finding,) = checked(tree).findings
    assert (finding.rule, finding.severity) == (RULE, Severity.WARNING)
    assert str(finding.subject) == OBJECT
    assert (finding.file, finding.line, finding.column) == ("budget.yaml", 5, 19)
    assert finding.pointer == "/spec/maxUnavailable"


@pytest.mark.parametrize(
    ("values", "line"),
    [({"/spec/maxUnavailable": 12}, 12), ({"/spec": 11}, 11), ({"/metadata": 9}, 7), ({}, 7)],
)
def test_the_description_line_is_that_of_the_nearest_value(
    tmp_path: Path, values: dict[str, int], line: int
) -> None:
    entry = {
        "source": {"file": "platform.yaml", "line": 7},
        "values": {pointer: {"file": "platform.yaml", "line": at} for pointer, at in values.items()},
    }
    folder = tmp_path / "prod" / "tier" / "shop"
    folder.mkdir(parents=True)
    (folder / "budget.yaml").write_text(BUDGET)
    inventory = {"version": 1, "files": {"tier/shop/budget.yaml": entry}}
    (tmp_path / "prod" / "index.json").write_text(json.dumps(inventory))
    for root in (tmp_path, tmp_path / "prod"):
        report = judge(tmp_path / "prod", platform=PLATFORM, today=TODAY, root=root)
        assert report.findings[0].source == Place("platform.yaml", line)


@pytest.mark.parametrize(
    ("inventory", "place"),
    [
        ("", (1, 1)),
        ("[]", (1, 1)),
        ('{"files": 1}', (1, 1)),
        ('{\n<<<<<<< HEAD\n"files": {}}', (2, 1)),
        ('{"files": {"budget.yaml": 1}}', None),
    ],
)
def test_a_broken_inventory_costs_the_source_only_and_is_noted(
    tree: Path, inventory: str, place: tuple[int, int] | None
) -> None:
    (tree / "prod").mkdir()
    (tree / "budget.yaml").rename(tree / "prod" / "budget.yaml")
    (tree / "prod" / "index.json").write_text(inventory)
    report = checked(tree, WAIVER)
    assert [finding.source for finding in report.waived] == [None]
    assert report.exit == 0
    told = report.failing(Severity.NOTE)
    assert [(each.file, (each.line, each.column)) for each in told] == (
        [("prod/index.json", place)] if place else []
    )
    assert all("git checkout -- prod/index.json" in each.message for each in told)


def test_no_inventory_is_no_fault(tree: Path) -> None:
    assert [finding.rule for finding in checked(tree).findings] == [RULE]


def test_a_waived_finding_stays_visible_and_passes(tree: Path) -> None:
    report = checked(tree, WAIVER)
    assert (report.exit, report.waived[0].waived) == (0, WAIVER)


@pytest.mark.parametrize(
    ("waiver", "rule"),
    [
        (replace(WAIVER, expires=TODAY - timedelta(days=1)), "waivers/expired"),
        (replace(WAIVER, expires=TODAY + timedelta(days=91)), "waivers/malformed"),
        (replace(WAIVER, expires=None), "waivers/malformed"),
        (replace(WAIVER, owner=" "), "waivers/malformed"),
        (replace(WAIVER, reason=""), "waivers/malformed"),
        (replace(WAIVER, rule="reliability/budget-block-drain"), "waivers/unknown-rule"),
        (replace(WAIVER, object="PodDisruptionBudget/shop/we"), "waivers/unused"),
        (replace(WAIVER, rule="input/syntax"), "waivers/malformed"),
    ],
)
def test_a_waiver_that_is_wrong_is_an_error_and_waives_nothing(tree: Path, waiver: Waiver, rule: str) -> None:
    report = checked(tree, waiver)
    assert {finding.rule for finding in report.findings} == {rule, RULE}
    assert report.waived == []
    assert report.exit == 1


def test_the_date_alone_decides_whether_a_waiver_is_over(tree: Path) -> None:
    assert checked(tree, WAIVER, today=TODAY + timedelta(days=90)).exit == 0
    assert checked(tree, WAIVER, today=TODAY + timedelta(days=91)).exit == 1


OWN_RULE = (
    '"""An own rule.\n\n## What it does\n\n## Why is this bad\n\n## Example\n\n## Use instead\n"""\n'
    """
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.NOTE, remediation="Look closer.")
def check(context):
"""
)


def own_rule(folder: Path, body: str) -> Platform:
    (folder / "shop").mkdir(parents=True)
    (folder / "shop" / "open_at_night.py").write_text(OWN_RULE + body)
    return replace(PLATFORM, settings=Settings(folder=folder, severities=SEVERITIES), waivers=(WAIVER,))


def test_a_rule_that_crashes_is_told_and_hides_no_other(tree: Path, tmp_path: Path) -> None:
    platform = own_rule(tmp_path / ".rules", "    yield 1 / 0\n")
    report = judge(tree, platform=replace(platform, waivers=()), today=TODAY)
    assert {finding.rule for finding in report.findings} == {"input/rule-crashed", RULE}
    assert "shop/open-at-night crashed: ZeroDivisionError" in report.findings[0].message
    assert report.exit == 3


def test_what_one_object_yields_is_capped_and_as_severe_as_before(tree: Path, tmp_path: Path) -> None:
    body = """    (budget,) = context.index.manifests
    for number in range(150):
        severity = Severity.ERROR if number == 120 else Severity.NOTE
        yield Fault(f"fault {number}", budget, "/spec", severity=severity)
"""
    report = judge(tree, platform=own_rule(tmp_path / ".rules", body), today=TODAY)
    told = [finding for finding in report.findings if finding.rule == "shop/open-at-night"]
    assert len(told) == 101
    assert (told[0].message, told[0].severity) == ("\u2026 and 50 more", Severity.ERROR)
    assert report.exit == 1


def test_twenty_thousand_faults_in_one_mapping_end(tmp_path: Path) -> None:
    """Each fault's place is found by an index: a search of the mapping a fault would take minutes."""
    keys = [f"key{number}" for number in range(20_000)]
    spec = "".join(f"  {key}: 1\n" for key in keys)
    (tmp_path / "pod.yaml").write_text(
        f"apiVersion: v1\nkind: Pod\nmetadata: {{name: a}}\nspec:\n  containers: [{{name: a}}]\n{spec}"
    )
    found = [each for each in checked(tmp_path).findings if each.rule == "schema/valid"]
    assert [finding.line for finding in found] == list(range(6, 107))
    assert found[-1].message == "\u2026 and 19900 more"
    (manifest,) = read(tmp_path).manifests
    assert [manifest.position(f"/spec/{key}", key=True)[0] for key in keys] == list(range(6, 20_006))


@pytest.mark.parametrize(
    ("files", "code"),
    [
        ({}, 3),
        ({"a.yaml": "# nothing\n"}, 3),
        ({"a.yaml": BUDGET.replace("maxUnavailable: 0", "maxUnavailable: 1")}, 0),
        ({"a.yaml": BUDGET}, 1),
        ({"a.yaml": BUDGET, "b.yaml": "a: ["}, 3),
        ({"a.yaml": BUDGET + "---\napiVersion: x/v1\nkind: Y\nmetadata: {name: z}\n"}, 3),
    ],
)
def test_unreadable_input_outranks_findings(tmp_path: Path, files: dict[str, str], code: int) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert checked(tmp_path).exit == code


LISTED = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec:
  containers:
    - {name: a, image: a}
    - {name: b, image: b, prots: []}
---
apiVersion: v1
kind: Pod
metadata: {name: other, namespace: shop}
spec: {containers: [{name: b, image: b, prots: []}]}
"""
REORDERED = """{apiVersion: v1, kind: Pod, metadata: {namespace: shop, name: other},
  spec: {containers: [{name: b, prots: [], image: b}]}}
---
kind: Pod
apiVersion: v1
metadata: {name: web, namespace: shop}
spec:
  containers:
  - {name: b, image: b, prots: []}
  - {name: a, image: a}
"""


def test_fingerprints_survive_reordering_moving_and_merge_no_objects(tmp_path: Path) -> None:
    for name, text in (("one", LISTED), ("two", REORDERED)):
        (tmp_path / name / name).mkdir(parents=True)
        (tmp_path / name / name / f"{name}.yaml").write_text(text)
    first, second = (
        {
            finding.fingerprint
            for finding in checked(tmp_path / name).findings
            if finding.rule == "schema/valid"
        }
        for name in ("one", "two")
    )
    assert first == second
    assert len(first) == 2
