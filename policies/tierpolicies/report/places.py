"""Where findings stand, told from the repository's root as forges want it."""

from dataclasses import dataclass

from tierpolicies.engine.finding import Finding
from tierpolicies.report.model import Report


@dataclass(frozen=True, slots=True)
class Spot:
    """A line of a file, by its path from the repository's root; both count from 1."""

    path: str
    line: int
    column: int = 1


def at(finding: Finding, report: Report) -> Spot | None:
    """Where the value at fault stands; nothing for a tier, the platform or a base."""
    if not finding.file:
        return None
    return Spot(report.prefix + finding.file, max(finding.line, 1), max(finding.column, 1))


def described(finding: Finding, report: Report) -> Spot | None:
    """Where the mend goes in the description, if that is known."""
    if finding.source is None or not finding.source.file:
        return None
    place = finding.source
    return Spot(report.described_in + place.file, max(place.line, 1), max(place.column, 1))
