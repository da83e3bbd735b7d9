"""Shares of the work, put together: the same findings as one process has, whatever rules and files say."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import pytest

from tests.tierpolicies.rules.judged import PLATFORM
from tierpolicies import judge, rules
from tierpolicies.engine.finding import Finding
from tierpolicies.engine.settings import Settings
from tierpolicies.engine.work import Merger, Sharer, Worker
from tierpolicies.judgement import Base

RULES = Path(rules.__file__).parent
FAMILIES = sorted({path.parts[-4] for path in RULES.glob("*/*/bad/*")})
TODAY = date(2026, 11, 24)


def bad(family: str) -> dict[str, bytes]:
    """Every bad fixture of a family, as one tree."""
    found = (path for path in sorted(RULES.glob(f"{family}/*/bad/**/*")) if path.is_file())
    return {path.relative_to(RULES).as_posix(): path.read_bytes() for path in found}


def found(
    files: Mapping[str, bytes], worker: Worker | None, *, base: Mapping[str, bytes], settings: Settings
) -> tuple[Finding, ...]:
    report = judge(
        files,
        platform=PLATFORM,
        today=TODAY,
        settings=settings,
        base=Base("main", base, PLATFORM),
        worker=worker,
    )
    assert report.comparison is not None
    return (*report.findings, *report.comparison.fixed)


def shared(
    files: Mapping[str, bytes], count: int, *, base: Mapping[str, bytes], settings: Settings
) -> tuple[Finding, ...]:
    """What shares of the work find together, each told as JSON."""
    told = []
    for number in range(1, count + 1):
        sharer = Sharer(number, count)
        found(files, sharer, base=base, settings=settings)
        told.append(json.loads(json.dumps(sharer.runs)))
    merger = Merger(told)
    return found(files, merger, base=base, settings=settings)


@pytest.mark.parametrize("family", FAMILIES)
def test_shares_find_what_one_process_finds(family: str) -> None:
    files = bad(family)
    base = dict(list(files.items())[::2])
    whole = found(files, None, base=base, settings=Settings())
    assert whole
    for count in (1, 2, 5):
        assert shared(files, count, base=base, settings=Settings()) == whole


def test_a_share_does_its_own_work_alone() -> None:
    files = bad("security")
    sharers = [Sharer(number, 3) for number in (1, 2, 3)]
    for sharer in sharers:
        report = judge(files, platform=PLATFORM, today=TODAY, worker=sharer)
        assert not [each for each in report.findings if each.rule.startswith("security/")]
    units = [set(sharer.runs[0]) for sharer in sharers]
    assert not units[0] & units[1] | units[1] & units[2] | units[0] & units[2]
    assert max(map(len, units)) - min(map(len, units)) <= 1


OWN = '''"""Says strange things.

## What it does
Says them.

## Why is this bad
It is strange.

## Example
    a

## Use instead
    b
"""

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(each=Manifest, severity=Severity.WARNING, remediation="Say less.")
def check(manifest):
    yield Fault({saying}, manifest, {place})
'''


@pytest.mark.parametrize(
    ("saying", "place"),
    [
        ("'fine'", "''"),
        ("42", "''"),
        ("None", "''"),
        ("'where?'", "42"),
        ("'where?'", "None"),
        ("1 / 0", "''"),
    ],
    ids=["text", "number", "nothing", "number for a place", "nothing for a place", "crash"],
)
def test_whatever_an_own_rule_says_is_told_alike(tmp_path: Path, saying: str, place: str) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own/strange.py").write_text(OWN.format(saying=saying, place=place))
    files = bad("security")
    settings = Settings(folder=tmp_path, select=("own", "input"))
    whole = found(files, None, base={}, settings=settings)
    assert any(each.rule in {"own/strange", "input/rule-crashed"} for each in whole)
    assert shared(files, 3, base={}, settings=settings) == whole
