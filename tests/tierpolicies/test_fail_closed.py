"""What could hide something from the judge is told: it never ends in a clean report."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from tests.tierpolicies.engine.test_local import OWN
from tierpolicies import Report, judge
from tierpolicies.engine.settings import Settings, SettingsError
from tierpolicies.judgement import Base

TODAY = date(2026, 11, 1)
GOOD = b"apiVersion: v1\nkind: ConfigMap\nmetadata: {name: good, namespace: shop}\n"
POD = (
    '{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}, "spec": {"hostNetwork": true,'
    ' "containers": [{"name": "a", "image": "a:1"}]}}'
)
WAIVED = """apiVersion: v1
kind: Pod
metadata:
  name: web
  namespace: shop
  annotations:
    tierwright.dev/waivers: '[{rule: security/image-tag, owner: me, reason: because, expires: EXPIRES}]'
spec: {containers: [{name: web, image: "web:latest"}]}
"""
BARE = """apiVersion: v1
kind: Pod
metadata: {name: web, namespace: shop}
spec: {containers: [{name: web, image: "web:latest"}]}
"""


def judged(files: dict[str, bytes], settings: Settings | None = None) -> Report:
    return judge({"good.yaml": GOOD, **files}, platform=None, today=TODAY, settings=settings)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ('{"apiVersio', "input/syntax"),
        ("{", "input/syntax"),
        ("", "input/syntax"),
        ("{'apiVersion': 'v1', 'kind': 'Pod'}", "input/syntax"),
        (f"[{POD}]", "input/not-an-object"),
    ],
)
def test_json_that_cannot_be_judged_is_told(text: str, rule: str) -> None:
    report = judged({"b.json": text.encode()})
    assert rule in {each.rule for each in report.findings if each.file == "b.json"}
    assert report.exit == 3


def test_escaped_keys_hide_no_object() -> None:
    report = judged({"b.json": POD.replace("apiVersion", "api\\u0056ersion").encode()})
    assert "security/host-namespaces" in {each.rule for each in report.findings}


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2]", '{"files": {}, "version": 1}', "3"])
def test_data_of_another_kind_is_passed_over(text: str) -> None:
    assert judged({"b.json": text.encode()}).exit == 0


def test_an_empty_list_is_no_object_and_a_named_one_is_one() -> None:
    empty = b"apiVersion: v1\nkind: List\nitems: null\n"
    assert judged({"a.yaml": empty}).exit == 0
    named = b"apiVersion: x.io/v1\nkind: AllowList\nmetadata: {name: a}\nitems: [a, b]\n"
    assert {each.rule for each in judged({"a.yaml": named}).findings} == {"input/unknown-kind"}


@pytest.mark.parametrize(
    "changed",
    [
        "pointer: [/nope], ",
        "pointer: 5, ",
        "pointer: spec, ",
        "owner: 5, ",
        "rule: [a], ",
    ],
)
def test_a_waiver_of_the_wrong_form_waives_nothing(changed: str) -> None:
    text = WAIVED.replace("EXPIRES", "2026-12-31")
    key = changed.partition(":")[0]
    if f"{key}: " in text.split("waivers")[1]:
        text = text.replace({"owner": "owner: me, ", "rule": "rule: security/image-tag, "}[key], changed)
    else:
        text = text.replace("owner: me", f"{changed}owner: me")
    report = judged({"a.yaml": text.encode()}, settings=Settings(select=("security/image-tag", "waivers")))
    assert {each.rule for each in report.findings} == {"security/image-tag", "waivers/malformed"}
    assert report.waived == []


@pytest.mark.parametrize("expires", ["2026-W53-4", "20261231", "soon"])
def test_an_expiry_is_a_date_as_everywhere(expires: str) -> None:
    report = judged({"a.yaml": WAIVED.replace("EXPIRES", expires).encode()})
    assert "waivers/malformed" in {each.rule for each in report.findings}


def test_an_annotation_waives_its_own_object_alone() -> None:
    files = {"dev/a.yaml": WAIVED.replace("EXPIRES", "2026-12-31").encode(), "prod/a.yaml": BARE.encode()}
    report = judged(files, settings=Settings(select=("security/image-tag", "waivers")))
    assert [each.file for each in report.waived] == ["dev/a.yaml"]
    assert [each.file for each in report.findings if each.fails] == ["prod/a.yaml"]


@pytest.mark.parametrize("severity", ["off", "note"])
def test_nobody_turns_the_watch_over_waivers_off(severity: str) -> None:
    with pytest.raises(SettingsError, match="what is accepted must not be forgotten"):
        judged({}, settings=Settings(severities={"waivers": severity}))


def test_to_ignore_the_watch_over_waivers_changes_nothing() -> None:
    report = judged(
        {"a.yaml": WAIVED.replace("EXPIRES", "2026-01-31").encode()}, settings=Settings(ignore=("waivers",))
    )
    assert "waivers/expired" in {each.rule for each in report.findings}


@pytest.mark.parametrize("body", ["raise SystemExit(0)", "raise BaseException('b')", "yield 5"])
def test_a_rule_that_ends_the_process_is_a_crash_like_any_other(tmp_path: Path, body: str) -> None:
    own = tmp_path / "own" / "shop"
    own.mkdir(parents=True)
    (own / "look.py").write_text(OWN.replace('yield Fault("MESSAGE", manifest, "/metadata/name")', body))
    report = judged({}, settings=Settings(folder=own.parent))
    assert "input/rule-crashed" in {each.rule for each in report.findings}
    assert report.exit == 3


def test_objects_with_generated_names_are_told_apart() -> None:
    pod = BARE.replace("name: web, namespace", "generateName: {}, namespace").replace("web:latest", "web:{}")
    settings = Settings(select=("security/image-tag",))

    def files(first: str, second: str) -> dict[str, bytes]:
        texts = [
            pod.replace("{}", name, 1).replace("{}", tag) for name, tag in (("a-", first), ("b-", second))
        ]
        return {"a.yaml": "---\n".join(texts).encode()}

    base = Base("main", files("1.2.3", "latest"), None)
    report = judge(files("latest", "1.2.3"), platform=None, today=TODAY, settings=settings, base=base)
    assert report.comparison is not None
    assert (len(report.comparison.new), len(report.comparison.fixed)) == (1, 1)


def test_two_objects_of_one_name_are_compared_one_by_one() -> None:
    one, two, three = (BARE.replace("latest", tag).encode() for tag in ("1", "2", "3"))
    base = Base("main", {"a.yaml": one, "x/a.yaml": two}, None)

    def objects(files: dict[str, bytes]) -> tuple[int, int, int]:
        found = judge(files, platform=None, today=TODAY, base=base).comparison
        assert found is not None
        return len(found.added), len(found.changed), len(found.removed)

    assert objects({"a.yaml": three, "x/a.yaml": two}) == (0, 1, 0)
    assert objects({"a.yaml": one, "0/a.yaml": two}) == (0, 0, 0)
    assert objects({"a.yaml": one, "x/a.yaml": two, "y/a.yaml": three}) == (1, 0, 0)
    assert objects({"a.yaml": one}) == (0, 0, 1)


def test_definitions_from_elsewhere_that_ask_for_nothing_are_told(tmp_path: Path) -> None:
    (tmp_path / "box.yaml").write_text(
        "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
        "metadata: {name: boxes.example.org}\nspec:\n  group: example.org\n  scope: Namespaced\n"
        "  names: {kind: Box, plural: boxes}\n  versions:\n    - {name: v1, served: true, storage: true}\n"
    )
    box = b"apiVersion: example.org/v1\nkind: Box\nmetadata: {name: a, namespace: shop}\nspec: {a: 1}\n"
    report = judged({"box.yaml": box}, settings=Settings(crds=(tmp_path,)))
    assert [each.message for each in report.findings if each.rule == "input/definitions"] == [
        "the version v1 of boxes.example.org has no schema, so nothing of it can be checked"
    ]
    assert report.exit == 3
