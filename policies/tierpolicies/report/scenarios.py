"""Scenarios by tier, as every report tells them: a line a scenario, a cell a tier."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from tierpolicies.report.wording import dollars

if TYPE_CHECKING:  # only a check with a platform pays for it
    from tierpolicies.capacity.scenarios.table import Row

_WORDS = {
    "fits": "fits",
    "fits-on-paper": "fits on paper only",
    "impossible": "impossible",
    "undecided": "undecided",
}


_ALIKE = {"update": "each update alone", "job": "each job alone"}


class Line(NamedTuple):
    """A scenario with what is said of it on each tier; empty where it does not concern one."""

    title: str
    cells: tuple[str, ...]


def tiers(rows: "Sequence[Row]") -> list[str]:
    """The tiers that rows speak of, in their order."""
    return list(dict.fromkeys(row.tier for row in rows))


def lines(rows: "Sequence[Row]") -> list[Line]:
    """A line for each scenario; those that fit as updates and jobs should share one a kind."""
    columns = tiers(rows)
    plain = {kind: _plain(rows, kind) for kind in _ALIKE}
    cells: dict[str, dict[str, str]] = {}
    for row in rows:
        kind = row.scenario.partition(":")[0]
        alike = plain.get(kind, set())
        is_plain = row.scenario in alike and len(alike) > 1
        title = f"{_ALIKE[kind]} ({len(alike)})" if is_plain else row.title
        cells.setdefault(title, {})[row.tier] = told(row)
    return [Line(title, tuple(found.get(tier, "") for tier in columns)) for title, found in cells.items()]


def _plain(rows: "Sequence[Row]", kind: str) -> set[str]:
    """The scenarios of a kind that fit on the nodes there are, on every tier."""
    names = {row.scenario for row in rows if row.scenario.partition(":")[0] == kind}
    return names - {row.scenario for row in rows if told(row) != _WORDS["fits"]}


def told(row: "Row") -> str:
    """The verdict, with the nodes and dollars where it takes more of them than there are."""
    word = _WORDS[row.answer.value]
    if row.nodes_needed is None or row.nodes_needed <= row.nodes:
        return word
    price = "" if row.usd_month is None else f", {dollars(row.usd_month)}"
    takes = f"{row.nodes_needed} nodes{price}"
    return f"{word}: {takes}" if row.fits else f"{word}; with {takes}"


def reasons(rows: "Sequence[Row]") -> list[str]:
    """Why what does not fit does not, a sentence each; tiers that share nodes share it."""
    about: dict[tuple[str, str], list[str]] = {}
    for row in rows:
        if row.reason:
            about.setdefault((row.title, row.reason), []).append(row.tier)
    return [
        f"{title}, {' and '.join(filter(None, found)) or 'no tier'}: {reason}"
        for (title, reason), found in about.items()
    ]
