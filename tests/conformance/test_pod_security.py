"""Pod Security Standards 1.28 by the cases of kubernetes/pod-security-admission: each refused or admitted."""

import os
from datetime import date
from pathlib import Path

import pytest

from tierpolicies import Report, judge
from tierpolicies.engine.registry import every_rule
from tierpolicies.engine.settings import Settings

TODAY = date(2026, 11, 1)
LEVELS = ("baseline", "restricted")


@pytest.fixture(scope="module")
def standards() -> Path:
    folder = os.environ.get("TIERWRIGHT_CORPORA")
    if not folder:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    return Path(folder) / "pod-security-v1.28"


def judged(path: Path, level: str) -> Report:
    """A case by the rules of a level; the family that always runs must have nothing to say."""
    settings = Settings(select=(f"pod-security-{level}",))
    return judge(path, platform=None, today=TODAY, kubernetes="1.28", settings=settings)


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_refuses_is_found(standards: Path, level: str) -> None:
    cases = sorted((standards / level / "fail").glob("*.yaml"))
    assert cases
    assert [case.name for case in cases if not judged(case, level).findings] == []


@pytest.mark.parametrize("level", LEVELS)
def test_what_a_level_admits_is_not_found(standards: Path, level: str) -> None:
    cases = sorted((standards / level / "pass").glob("*.yaml"))
    assert cases
    found = {case.name: [each.message for each in judged(case, level).findings] for case in cases}
    assert {name: messages for name, messages in found.items() if messages} == {}


def test_what_the_baseline_refuses_the_restricted_level_refuses_too(standards: Path) -> None:
    for case in sorted((standards / "baseline" / "fail").glob("*.yaml")):
        found = {each.rule for each in judged(case, "baseline").findings}
        assert found
        assert found <= {each.rule for each in judged(case, "restricted").findings}


def test_a_rule_of_the_baseline_is_one_of_the_restricted_level() -> None:
    for rule in every_rule():
        if "pod-security-baseline" in rule.groups:
            assert "pod-security-restricted" in rule.groups, rule.name
