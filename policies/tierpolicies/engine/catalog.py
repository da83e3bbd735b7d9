"""What is known of every rule without importing it: `python -m tierpolicies.engine.catalog` writes it down.

Importing all rules takes a third of the time in which a small tree is checked, and most trees need half of
them. The catalogue stands in `rules/catalog.json`; a rule whose file has another size than the one that was
written down is asked itself, and a test compares the rest.
"""

import json
from collections.abc import Iterator
from functools import cache
from importlib import import_module
from os import scandir
from pathlib import Path
from typing import NamedTuple

from tierpolicies.engine.rule import LOCAL, Rule

RULES = Path(__file__).parents[1] / "rules"
FILE = RULES / "catalog.json"
_PACKAGE = "tierpolicies.rules"


class Entry(NamedTuple):
    """A rule: its name, what it is selected by, what it wants in a tree, and if it sees one object alone."""

    name: str
    groups: tuple[str, ...]
    optional: bool
    wants: tuple[str, ...]
    is_local: bool

    @property
    def family(self) -> str:
        """The folder it stands in."""
        return self.name.partition("/")[0]

    @property
    def names(self) -> tuple[str, ...]:
        """All that it may be called by."""
        return (self.name, *self.groups, self.family)


@cache
def entries() -> dict[str, Entry]:
    """Every rule that there is, by name and sorted."""
    try:
        written = json.loads(FILE.read_bytes())
    except (OSError, ValueError):
        written = {}
    found = {}
    for name, size in sorted(_sizes()):
        known = written.get(name)
        if known is not None and known["size"] == size:
            groups, wants = tuple(known["groups"]), tuple(known["wants"])
            found[name] = Entry(name, groups, known["optional"], wants, known["local"])
        else:
            found[name] = entry(imported(name))
    return found


def imported(name: str) -> Rule:
    """The rule of a name that `entries` tells."""
    declared: Rule = import_module(f"{_PACKAGE}.{name.replace('/', '.').replace('-', '_')}").check
    return declared


def entry(rule: Rule) -> Entry:
    """What the catalogue says of a rule."""
    return Entry(rule.name, rule.groups, rule.optional, tuple(sorted(rule.wants)), rule.each in LOCAL)


def written() -> str:
    """The catalogue as it must be written down."""
    rules = {name: (imported(name), size) for name, size in sorted(_sizes())}
    lines = (
        f'"{name}": '
        + json.dumps(
            {
                "size": size,
                "local": rule.each in LOCAL,
                "optional": rule.optional,
                "groups": rule.groups,
                "wants": sorted(rule.wants),
            }
        )
        for name, (rule, size) in rules.items()
    )
    return "{\n" + ",\n".join(lines) + "\n}\n"


def _sizes() -> Iterator[tuple[str, int]]:
    """Name and size of each rule's file."""
    for family in scandir(RULES):
        if family.is_dir() and not family.name.startswith(("_", ".")):
            for module in scandir(family):
                if module.name.endswith(".py") and module.name != "__init__.py":
                    yield f"{family.name}/{module.name[:-3].replace('_', '-')}", module.stat().st_size


if __name__ == "__main__":
    FILE.write_text(written(), encoding="utf-8")
