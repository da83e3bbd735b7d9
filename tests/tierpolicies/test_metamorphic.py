"""The same objects written otherwise get the same findings: none new, none fixed, by their fingerprints."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.tierpolicies.rewriting import REWRITINGS, Files, Object, write
from tests.tierpolicies.rules import judged
from tierpolicies import judge, rules
from tierpolicies.documents.reader import read

TODAY = date(2026, 11, 1)
ABOUT_TEXT = ("input",)
"""Families whose findings are about the writing itself."""
PLATFORM = replace(judged.PLATFORM, kubernetes="1.28", cni="calico-vxlan", budget=None)
RULES = Path(rules.__file__).parent
FIXTURES = sorted(
    case for case in RULES.glob("*/*/bad/*") if case.relative_to(RULES).parts[0] not in ABOUT_TEXT
)
CASES = max(500, len(FIXTURES))


def objects(case: Path) -> dict[str, list[Object]]:
    """The objects of a case by file, as plain values."""
    found: dict[str, list[Object]] = {}
    for manifest in read(case).manifests:
        found.setdefault(manifest.file, []).append(manifest.value)
    return found


def fingerprints(folder: Path) -> Counter[str]:
    report = judge(folder, platform=PLATFORM, today=TODAY)
    return Counter(f"{each.rule} {each.fingerprint}" for each in report.findings)


@pytest.mark.parametrize("number", range(CASES))
def test_another_way_of_writing_changes_no_finding(tmp_path: Path, number: int) -> None:
    dice = random.Random(number)
    files: Files = objects(FIXTURES[number % len(FIXTURES)])
    write(files, tmp_path / "before", random.Random(0))
    for rewrite in dice.sample(REWRITINGS, 1 + number % 3):
        files = rewrite(files, dice)
    write(files, tmp_path / "after", dice)
    before, after = fingerprints(tmp_path / "before"), fingerprints(tmp_path / "after")
    assert (after - before, before - after) == (Counter(), Counter())
    assert before


def test_every_fixture_takes_part() -> None:
    assert 500 <= len(FIXTURES) <= CASES
