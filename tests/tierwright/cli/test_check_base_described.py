"""`check --base` where a description tells of the platform: of each environment, and of that time."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.tierwright.cli.comparisons import WRONG, comparison, names, told
from tests.tierwright.cli.git_project import PLATFORM, GitProject, config


@pytest.fixture
def described(tmp_path: Path) -> GitProject:
    """Two environments in `dist`, described by `platform.yaml`."""
    return GitProject.new(
        tmp_path / "described",
        {
            "platform.yaml": PLATFORM,
            "dist/prod/a.yaml": config("a"),
            "dist/dev/a.yaml": config("a"),
        },
    )


def test_environments_are_compared_each_with_its_own_base(described: GitProject) -> None:
    described.write({"dist/dev/a.yaml": config("a", WRONG), "dist/prod/b.yaml": config("b")})
    report = described.report("dist", base="main")
    found = comparison(report)
    assert [(each.environment, each.file) for each in found.new] == [("dev", "dev/a.yaml")]
    assert (names(found.added), names(found.changed)) == (["prod/b"], ["dev/a"])
    one = comparison(described.report("dist/prod", base="main"))
    assert (names(one.added), one.changed) == (["prod/b"], ())
    only = comparison(described.report("dist", base="main", environments=("dev",)))
    assert (only.added, names(only.changed)) == ((), ["dev/a"])


def test_the_same_fault_in_two_environments_is_two_findings(described: GitProject) -> None:
    wrong = {f"dist/{name}/a.yaml": config("a", WRONG) for name in ("prod", "dev")}
    described.write(wrong)
    found = [each for each in described.report("dist").findings if each.rule == "schema/valid"]
    assert {each.environment for each in found} == {"prod", "dev"}
    assert len({each.fingerprint for each in found}) == 2
    told = json.loads(described.run("dist", "--format", "json").stdout)["findings"]
    assert {each["environment"] for each in told} == {"prod", "dev"}


def test_the_base_is_judged_by_its_own_description(described: GitProject) -> None:
    tight = PLATFORM.replace("instance: t3.medium,", "instance: t3.medium, usd_month: 30,")
    budget = "    placement: {api: small}\n  dev:"
    described.write({"platform.yaml": tight.replace(budget, f"    budget: {{usd_month: 10}}\n{budget}")})
    report = described.report("dist", base="main")
    assert told(comparison(report).new) == {("budget/owner-cost", "shop")}
    base = described.commit()
    described.write({"platform.yaml": tight})
    assert told(comparison(described.report("dist", base=base)).fixed) == {("budget/owner-cost", "shop")}


def test_an_environment_that_comes_or_goes(described: GitProject) -> None:
    before = described.git("rev-parse", "HEAD")
    head, dev = PLATFORM.split("  dev:\n")
    described.write({"platform.yaml": head})
    (described.root / "dist/dev/a.yaml").unlink()
    (described.root / "dist/dev").rmdir()
    report = described.report("dist", base=before)
    assert (names(comparison(report).removed), comparison(report).added) == (["dev/a"], ())
    assert report.tiers, "one environment keeps its tiers in the report"
    without = described.commit()
    described.write({"platform.yaml": f"{head}  dev:\n{dev}", "dist/dev/a.yaml": config("a")})
    found = comparison(described.report("dist", base=without))
    assert (names(found.added), found.removed) == (["dev/a"], ())


def test_a_description_that_is_new_is_no_obstacle(described: GitProject) -> None:
    (described.root / "platform.yaml").unlink()
    without = described.commit()
    described.write({"platform.yaml": PLATFORM})
    report = described.report("dist", base=without)
    assert (report.exit, comparison(report).is_empty) == (0, True)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("platform: [", "its platform.yaml:2:1: not YAML"),
        (PLATFORM.replace("number: 1", "number: one"), "its platform.yaml:3:17: "),
        (PLATFORM.replace("platform:", "plattform:").replace("1000", "many"), ", and 1 more"),
    ],
)
def test_a_base_whose_description_cannot_be_read(described: GitProject, text: str, reason: str) -> None:
    described.write({"platform.yaml": text})
    base = described.commit()
    described.write({"platform.yaml": PLATFORM, "dist/prod/a.yaml": config("a", WRONG)})
    answer = described.run("dist", "--base", base)
    assert answer.returncode == 3
    assert f"the base {base} cannot be read: its platform.yaml:" in answer.stderr
    assert reason in answer.stderr
    assert "error[schema/valid]" in answer.stdout


def test_head_and_base_are_measured_alike(described: GitProject) -> None:
    """A rule that is turned off or on changes nothing in the manifests: it makes nothing fixed or new."""
    described.write({"dist/prod/a.yaml": config("a", WRONG)})
    base = described.commit()
    described.write({"platform.yaml": f"{PLATFORM}policies: {{severities: {{schema/valid: note}}}}\n"})
    report = described.report("dist", base=base)
    assert report.exit == 0
    assert told(comparison(report).open) == {("schema/valid", "a")}
    assert (comparison(report).new, comparison(report).fixed) == ((), ())


def test_waived_findings_and_notes_take_part(described: GitProject) -> None:
    waiver = """\
waivers:
  - rule: schema/valid
    object: ConfigMap/shop/a
    owner: platform-team
    reason: It is being replaced next week.
    expires: 2026-12-31
    environments: [prod]
"""
    described.write({"platform.yaml": PLATFORM + waiver, "dist/prod/a.yaml": config("a", WRONG)})
    report = described.report("dist", base="main")
    assert report.exit == 0
    (new,) = comparison(report).new
    assert (new.rule, new.waived is not None) == ("schema/valid", True)
