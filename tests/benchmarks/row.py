"""The table of figures, and the machine that they are of."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Row:
    """One goal and whether it was met."""

    what: str
    measured: str
    goal: str
    met: bool

    def __str__(self) -> str:
        return f"| {self.what} | {self.measured} | {self.goal} | {'yes' if self.met else '**missed**'} |"


def table(rows: Iterable[Row]) -> str:
    """The rows in Markdown."""
    return "\n".join(["| what | measured | goal | met |", "|---|---|---|---|", *map(str, rows)])


def machine() -> str:
    """What this machine is."""
    kind = f"{platform.system()} on {platform.machine()}, Python {platform.python_version()}"
    return f"{os.cpu_count()} cores, {kind}"
