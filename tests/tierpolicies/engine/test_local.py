"""What rules found in one object alone is kept with the content of its file, and is never wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tierpolicies import Report, judge, rules
from tierpolicies.documents.cache import Cache
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


def test_only_changed_objects_are_looked_at_again(tmp_path: Path, file: Path) -> None:
    own = tmp_path / "own" / "shop"
    own.mkdir(parents=True)
    seen = tmp_path / "seen"
    looked = (
        f'    with open({str(seen)!r}, "a") as log:\n        log.write(manifest.name + " ")\n    yield Fault'
    )
    (own / "look.py").write_text(OWN.replace("    yield Fault", looked))
    tree = tmp_path / "tree"
    tree.mkdir()
    for name in ("a", "b", "c"):
        (tree / f"{name}.yaml").write_text(f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}}}\n")
    settings = Settings(folder=own.parent)
    first = judged(tree, file, settings)
    assert judged(tree, file, settings) == first
    (tree / "b.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: d}\n")
    judged(tree, file, settings)
    assert seen.read_text() == "a b c d "


def test_other_parameters_find_anew(tmp_path: Path, file: Path) -> None:
    tree = tmp_path / "tree"
    tree.mkdir()
    (tree / "a.yaml").write_text("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n")
    name = "conventions/required-annotations"
    settings = Settings(select=(name,), parameters={name: {"annotations": ["call"], "kinds": ["ConfigMap"]}})
    assert [each.message for each in judged(tree, file, settings).findings] == ["no annotation 'call'"]
    settings = replace(settings, parameters={name: {"annotations": ["email"], "kinds": ["ConfigMap"]}})
    assert [each.message for each in judged(tree, file, settings).findings] == ["no annotation 'email'"]


def test_the_key_tells_rules_parameters_and_code_apart(tmp_path: Path) -> None:
    from tierpolicies.engine.local import LocalRules
    from tierpolicies.engine.registry import wanted

    own = tmp_path / "own" / "shop"
    own.mkdir(parents=True)
    (own / "look.py").write_text(OWN)
    name = "conventions/required-labels"
    settings = [
        Settings(),
        Settings(ignore=("security",)),
        Settings(parameters={name: {"labels": ["team"]}}, severities={name: "note"}),
        Settings(folder=own.parent),
    ]
    keys = [LocalRules(wanted(each), each)._key for each in settings]
    (own / "look.py").write_text(OWN.replace("MESSAGE", "LONGER MESSAGE"))
    keys.append(LocalRules(wanted(settings[-1]), settings[-1])._key)
    assert len(set(keys)) == len(keys)
