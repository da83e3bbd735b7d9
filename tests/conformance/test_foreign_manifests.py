"""Manifests of other projects' test suites: whatever they hold, the judge reads on and no rule crashes."""

import json
import os
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tierpolicies import Report, judge

TODAY = date(2026, 11, 1)
FOLDERS = ("pod-security-v1.28", "kube-linter", "kube-score", "netpol-analyzer", "netpol-analyzer-diff")


@pytest.fixture(scope="module")
def corpora() -> Path:
    folder = os.environ.get("TIERWRIGHT_CORPORA")
    if not folder:
        pytest.skip("TIERWRIGHT_CORPORA is not set: it names the folder of other projects' test cases")
    return Path(folder)


@pytest.fixture(scope="module")
def reports(corpora: Path) -> dict[str, Report]:
    return {name: judged(corpora / name) for name in FOLDERS}


def judged(folder: Path) -> Report:
    return judge(folder, platform=None, today=TODAY, kubernetes="1.28")


def data_files(folder: Path) -> Iterator[Path]:
    """JSON that is no manifest, nor a list of some: the expectations and outputs beside the cases."""
    for path in sorted(folder.rglob("*.json")):
        value = json.loads(path.read_bytes())
        if not (isinstance(value, dict) and "kind" in value):
            yield path


@pytest.mark.parametrize("name", FOLDERS)
def test_every_folder_is_judged_without_a_crash(reports: dict[str, Report], corpora: Path, name: str) -> None:
    report = reports[name]
    assert report.objects >= sum(1 for _ in (corpora / name).rglob("*.yaml"))
    assert [each.message for each in report.findings if each.rule == "input/rule-crashed"] == []


@pytest.mark.parametrize("name", FOLDERS)
def test_json_that_is_no_manifest_is_passed_over(
    reports: dict[str, Report], corpora: Path, name: str
) -> None:
    data = {path.relative_to(corpora / name).as_posix() for path in data_files(corpora / name)}
    assert data & {finding.file for finding in reports[name].findings} == set()


def test_the_cases_hold_such_json(corpora: Path) -> None:
    assert sum(1 for _ in data_files(corpora / "netpol-analyzer")) > 0


def test_typed_lists_are_read_as_their_items(reports: dict[str, Report]) -> None:
    """The analyzer's cases are what clusters answered: lists of pods and namespaces without types."""
    for name in ("netpol-analyzer", "netpol-analyzer-diff"):
        assert [each for each in reports[name].findings if each.rule == "input/not-an-object"] == []


def test_a_single_file_is_judged_as_in_its_folder(corpora: Path) -> None:
    """One file of each folder by itself: a path to a file is as good as one to a folder."""
    for name in FOLDERS:
        path = min((corpora / name).rglob("*.y*ml"))
        assert judged(path).objects > 0
