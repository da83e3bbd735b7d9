"""What two linters say of their own test cases, and what the rules here say of the same files.

`python -m tests.conformance.linters` writes the table of all their checks into the documentation.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from tierpolicies import judge
from tierpolicies.engine.registry import every_rule
from tierpolicies.engine.rule import Rule
from tierpolicies.engine.settings import Settings

HERE = Path(__file__).parent
PAGE = Path(__file__).parents[2] / "policies" / "COMPARISON.md"
TODAY = date(2026, 11, 1)
LINTERS = ("kube-linter", "kube-score")

INTRODUCTION = """\
# What kube-linter and kube-score look for, and which rule looks for it here

Every built-in check of both, with the rules that look for the same. Rules in italics are matters of taste:
they run where they are selected (`--select RULE`) or given a severity in the description. Where no rule
looks for it, the reason is given.

Both linters' own test cases were run through the rules of this table, each file with the rules of its check
alone; a row agrees when both find something, or both find nothing.
"""


@dataclass(frozen=True)
class Row:
    """A file of a linter's test cases, the check that was run on it, and whether it found something."""

    linter: str
    file: str
    check: str
    found: bool


def checks(linter: str) -> dict[str, str]:
    """All checks of a linter, with the reason where no rule looks for the same."""
    known: dict[str, Any] = yaml.safe_load((HERE / "linters.yaml").read_text())[linter]
    return {check: known["without"].get(check, "") for check in known["checks"]}


def rules_for(linter: str, check: str) -> list[Rule]:
    """The rules that look for what a check looks for."""
    return [rule for rule in every_rule() if f"{linter}:{check}" in rule.known_as]


def left_out(linter: str) -> dict[str, str]:
    """The cases that are about no built-in check, with the reason why no rule is held against them."""
    known: dict[str, Any] = yaml.safe_load((HERE / "linters.yaml").read_text())[linter]
    return dict(known["rows"])


def rows(linter: str, corpora: Path) -> Iterator[Row]:
    """The cases of a linter that are about its checks; a case may be called as its check is."""
    for row in json.loads((corpora / linter / "expected.json").read_bytes()):
        if linter == "kube-score":
            name = row["check"].lower().replace(" ", "-")
            yield Row(linter, row["file"], name, row["grade"] != "ok")
        elif row["test"] not in left_out(linter):
            found = bool(row["messages"]) if row["count"] is None else row["count"] > 0
            yield Row(linter, row["file"], row["check"] or row["test"], found)


def agrees(row: Row, corpora: Path) -> bool:
    """Whether the rules for a row's check find something where the linter does, and nothing where not."""
    names = tuple(rule.name for rule in rules_for(row.linter, row.check))
    report = judge(
        corpora / row.linter / row.file,
        platform=None,
        today=TODAY,
        kubernetes="1.28",
        settings=Settings(select=names),
    )
    return any(finding.rule in names for finding in report.findings) == row.found


def page(corpora: Path) -> str:
    """The documentation page."""
    parts = [INTRODUCTION]
    for linter in LINTERS:
        found = [(row, agrees(row, corpora)) for row in rows(linter, corpora) if rules_for(linter, row.check)]
        agreeing = sum(each for _, each in found)
        parts.append(f"## {linter}\n\n{agreeing} of {len(found)} mapped rows agree.\n")
        parts += [f"- differs: `{row.check}` on `{row.file}`\n" for row, each in found if not each]
        reasons = left_out(linter)
        parts += [f"- left out: the case `{case}`. {reason}\n" for case, reason in sorted(reasons.items())]
        parts.append("\n".join(_table(linter)) + "\n")
    return "\n".join(parts)


def _table(linter: str) -> Iterator[str]:
    yield "| check | rules here |"
    yield "|---|---|"
    for check, reason in sorted(checks(linter).items()):
        names = _names(rules_for(linter, check))
        yield f"| `{check}` | {names or f'none: {reason}'} |"


def _names(found: Sequence[Rule]) -> str:
    return ", ".join(f"*`{rule.name}`*" if rule.optional else f"`{rule.name}`" for rule in found)


if __name__ == "__main__":
    PAGE.write_text(page(Path(os.environ["TIERWRIGHT_CORPORA"])), encoding="utf-8")
