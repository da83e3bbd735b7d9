"""`tierwright explain` about rules: one of them, a family, a group, or the page of them all."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from tierpolicies import manual
from tierpolicies.engine import registry
from tierpolicies.engine.mistakes import known_names
from tierpolicies.engine.registry import every_rule, load_rule, rule_names


def page(folder: Path | None) -> str:
    """The documentation of all rules, with those of a project's folder."""
    return manual.page(every_rule(folder))


def rule(name: str, folder: Path | None) -> str | None:
    """What a rule says of itself, as Markdown; None if there is none of that name."""
    return manual.told(load_rule(name, folder)) if name in rule_names(folder) else None


def rules(name: str, folder: Path | None) -> str | None:
    """The rules of a family or a group, a line each; None if there is none of that name."""
    members = [load_rule(each, folder) for each in rule_names(folder) if each.startswith(f"{name}/")]
    if not members and "/" not in name:
        members = manual.groups(every_rule(folder)).get(name, [])  # imports all of them
    return manual.listing(members) if members else None


def known(folder: Path | None) -> Iterable[str]:
    """Every name that is one of a rule, a family or a group."""
    return known_names(registry.known(folder).values())
