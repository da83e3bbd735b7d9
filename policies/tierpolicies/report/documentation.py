"""What the rules of a report's findings say of themselves."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from tierpolicies.engine.registry import load_rule
from tierpolicies.engine.settings import OwnRuleError

if TYPE_CHECKING:
    from pathlib import Path

    from tierpolicies.engine.finding import Finding
    from tierpolicies.engine.rule import Rule


def rules_of(findings: Iterable[Finding], folder: Path | None) -> dict[str, Rule | None]:
    """The rule of each name that findings have, by name; nothing for one that is not here any more.

    A base may have findings of a rule that has gone; a project's own may have been changed or removed
    since the check. A report is no place to fail for it.
    """
    return {name: _rule(name, folder) for name in sorted({each.rule for each in findings})}


def _rule(name: str, folder: Path | None) -> Rule | None:
    try:
        return load_rule(name, folder)
    except (KeyError, OSError, OwnRuleError):
        return None


def summary_of(rule: Rule) -> str:
    """The first paragraph of a rule's documentation, in one line."""
    return " ".join(rule.documentation.partition("\n\n")[0].split())
