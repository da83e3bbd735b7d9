"""A line of the table of figures."""

from __future__ import annotations

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
