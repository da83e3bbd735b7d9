"""What rules found in one object alone is kept with the content of its file, and is never wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tierpolicies import Report, judge, rules
from tierpolicies.documents.cache import Cache
from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.local import Found, LocalRules
from tierpolicies.engine.registry import wanted
from tierpolicies.engine.settings import Settings

TODAY = date(2026, 11, 1)
RULES = Path(rules.__file__).parent
FAMILIES = sorted(path.name for path in RULES.iterdir() if path.is_dir() and any(path.glob("*/bad")))
OWN = '''"""An own rule.

## What it does
It does.

## Why is this bad
It is.

## Example
This.

## Use instead
That.
"""

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.finding import Fault, Severity
from tierpolicies.engine.rule import rule


@rule(each=Manifest, severity=Severity.WARNING, remediation="Look closer.")
def check(manifest):
    yield Fault("MESSAGE", manifest, "/metadata/name")
'''


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "folder.pack"


def judged(folder: Path, file: Path | None, settings: Settings | None = None) -> Report:
    cache = Cache(file) if file is not None else None
    report = judge(folder, platform=None, today=TODAY, settings=settings, cache=cache)
    if cache is not None:
        cache.save()
    return report


@pytest.mark.parametrize("family", FAMILIES)
def test_kept_findings_are_those_that_are_found_anew(file: Path, family: str) -> None:
    for cases in sorted((RULES / family).glob("*/bad")):
        fresh = judged(cases, None)
        assert judged(cases, file) == fresh
        assert judged(cases, file) == fresh
        file.unlink(missing_ok=True)


def maps(folder: Path, *names: str) -> Path:
    folder.mkdir(exist_ok=True)
    for name in names:
        text = f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n"
        (folder / f"{name}.yaml").write_text(text)
    return folder


def test_only_changed_objects_are_looked_at_again(
    tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []
    look = LocalRules._faults

    def recorded(self: LocalRules, manifest: Manifest) -> Iterator[Found]:
        seen.append(manifest.name)
        return look(self, manifest)

    monkeypatch.setattr(LocalRules, "_faults", recorded)
    tree = maps(tmp_path / "tree", "a", "b", "c")
    first = judged(tree, file)
    assert judged(tree, file) == first
    (tree / "b.yaml").unlink()
    judged(maps(tree, "d"), file)
    assert seen == ["a", "b", "c", "d"]


def test_own_rules_are_asked_each_time(tmp_path: Path, file: Path) -> None:
    """They may look at anything: at a file beside them, at the clock."""
    own = tmp_path / "own" / "shop"
    own.mkdir(parents=True)
    beside = tmp_path / "beside.txt"
    reading = f"Path({str(beside)!r}).read_text()"
    text = OWN.replace(
        "from tierpolicies.documents", "from pathlib import Path\n\nfrom tierpolicies.documents", 1
    )
    (own / "look.py").write_text(text.replace('"MESSAGE"', reading))
    tree = maps(tmp_path / "tree", "a")
    for said in ("first", "then"):
        beside.write_text(said)
        report = judged(tree, file, Settings(folder=own.parent, select=("shop",)))
        assert [each.message for each in report.findings] == [said]


def test_other_parameters_find_anew(tmp_path: Path, file: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    name = "conventions/required-annotations"
    settings = Settings(select=(name,), parameters={name: {"annotations": ["call"], "kinds": ["ConfigMap"]}})
    assert [each.message for each in judged(tree, file, settings).findings] == ["no annotation 'call'"]
    settings = replace(settings, parameters={name: {"annotations": ["email"], "kinds": ["ConfigMap"]}})
    assert [each.message for each in judged(tree, file, settings).findings] == ["no annotation 'email'"]


def test_the_key_tells_rules_and_parameters_apart() -> None:
    name = "conventions/required-labels"
    settings = [
        Settings(),
        Settings(ignore=("security",)),
        Settings(severities={name: "note"}),
        Settings(parameters={name: {"labels": ["team"]}}, severities={name: "note"}),
    ]
    keys = [LocalRules(wanted(each), each)._key for each in settings]
    assert len(set(keys)) == len(keys)
