"""The judge with a base: what rules see of it, and what a report says of it."""

import os
from datetime import date
from pathlib import Path

import pytest

from tests.tierpolicies.engine.test_own_rules import DOCUMENTED, folder
from tierpolicies.engine.settings import Settings, SettingsError
from tierpolicies.judgement import Base, judge, judge_base, without_base

TODAY = date(2026, 11, 1)
CONFIG = (
    b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, namespace: shop}\nimmutable: true\ndata: {a: %s}\n"
)
IMMUTABLE = (
    DOCUMENTED
    + """
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(severity=Severity.ERROR, remediation="Make another one.")
def check(context):
    if context.base_index is None:
        return
    for manifest in context.index.of_kind("ConfigMap"):
        former = context.base_index.find("ConfigMap", manifest.name, manifest.namespace)
        if former is not None and former.value != manifest.value:
            yield Fault("what cannot be changed was", manifest, "/data")
"""
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    own = folder(tmp_path / "rules", "shop/immutable.py", text=IMMUTABLE)
    return Settings(folder=own, select=("shop/immutable",))


def test_rules_see_what_there_was(settings: Settings) -> None:
    base = Base("main", {"old.yaml": CONFIG % b"b"}, None)
    report = judge({"a.yaml": CONFIG % b"c"}, platform=None, today=TODAY, settings=settings, base=base)
    assert [each.rule for each in report.findings] == ["shop/immutable"]
    assert report.comparison is not None
    assert report.comparison.new == report.findings, "the base has no base itself"
    again = judge({"a.yaml": CONFIG % b"b"}, platform=None, today=TODAY, settings=settings, base=base)
    assert again.findings == ()
    alone = judge({"a.yaml": CONFIG % b"c"}, platform=None, today=TODAY, settings=settings)
    assert alone.findings == ()


def test_files_in_memory_are_judged_as_those_of_a_folder(tmp_path: Path) -> None:
    texts = {"a.yaml": CONFIG % b"1", "b/index.json": b'{"files": 1}', "b/c.json": b"[", "b/d.yml": b"\xff"}
    for name, text in texts.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(text)
    held = judge(texts, platform=None, today=TODAY)
    assert held == judge(tmp_path, platform=None, today=TODAY)
    assert {each.rule for each in held.findings} >= {"schema/valid", "input/inventory", "input/unreadable"}


def test_a_folder_that_cannot_be_listed_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "a.yaml").write_bytes(CONFIG % b"b")
    scandir = os.scandir

    def refusing(path: str) -> object:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", path)
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    report = judge(tmp_path, platform=None, today=TODAY)
    assert [(each.rule, each.file) for each in report.findings] == [("input/unreadable", "closed")]
    assert report.exit == 3


def test_findings_of_the_base_name_its_lines_of_the_description() -> None:
    place = b'{"files": {"a.yaml": {"source": {"file": "platform.yaml", "line": %d}}}}'
    base = Base("main", {"a.yaml": CONFIG % b"1", "index.json": place % 7}, None)
    head = {"a.yaml": CONFIG % b"b", "index.json": place % 9}
    report = judge(head, platform=None, today=TODAY, base=base)
    assert report.comparison is not None
    assert [each.source and each.source.line for each in report.comparison.fixed] == [7]


def test_a_base_without_files_has_no_findings() -> None:
    base = Base("main", {}, None)
    report = judge({"a.yaml": CONFIG % b"b"}, platform=None, today=TODAY, base=base)
    assert report.comparison is not None
    assert (report.comparison.fixed, len(report.comparison.added)) == ((), 1)
    assert judge_base(base, kubernetes=None, today=TODAY, settings=Settings()).findings == ()


def test_a_base_that_cannot_be_read_is_the_first_finding() -> None:
    report = without_base(judge({}, platform=None, today=TODAY), "main", "it is gone")
    assert report.findings[0].message == "the base main cannot be read: it is gone"
    assert report.exit == 3


def test_a_setting_that_means_nothing_is_an_error_with_a_base_too() -> None:
    with pytest.raises(SettingsError, match="did you mean 'schema'"):
        judge(
            {}, platform=None, today=TODAY, settings=Settings(select=("shcema",)), base=Base("main", {}, None)
        )
