"""What a check found, ready to be shown."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.platform import Budget

if TYPE_CHECKING:  # only a check with a platform pays for them
    from tierpolicies.capacity.judged import Capacity
    from tierpolicies.capacity.money.bill import Bill
    from tierpolicies.capacity.tiers import TierRow
    from tierpolicies.network.notation.picture import Picture
    from tierpolicies.report.comparison import Comparison, Described

CLEAN, FINDINGS, UNREADABLE = 0, 1, 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A mechanical mend of a finding: the new text of a line of the description."""

    file: str
    line: int
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The findings in their order, and the tiers, the money and the network where a platform is known.

    `owner_usd_month` is what the owner's own prices add up to; `capacity` has scenarios and nodes.
    `rules` is the folder of the project's own rules. Where the check has a base, `objects_described` are
    the objects and `comparison` what changed; `suggestions` are mends by the fingerprint of their finding,
    for lines of the change.
    `prefix` is the way from the repository's root to what the findings' files are relative to,
    `described_in` that to the description, to which sources are relative, and `links` the address of
    the repository's files on the web; each ends with a slash or is empty. `parts` are the reports of
    the folders that this one is merged from, each of an `environment` where one is known.
    """

    findings: tuple[Finding, ...]
    objects: int
    versions: tuple[str, ...]
    tiers: "tuple[TierRow, ...]" = ()
    budget: Budget | None = None
    owner_usd_month: float | None = None
    bill: "Bill | None" = None
    capacity: "Capacity | None" = None
    network: "Picture | None" = None
    rules: Path | None = None
    objects_described: "tuple[Described, ...]" = ()
    comparison: "Comparison | None" = None
    suggestions: Mapping[str, Suggestion] = field(default_factory=dict)
    prefix: str = ""
    described_in: str = ""
    links: str = ""
    environment: str = ""
    parts: "tuple[Report, ...]" = ()

    @property
    def exit(self) -> int:
        """0 clean; 1 an unwaived error or warning; 3 unreadable input or nothing to check."""
        failing = [finding for finding in self.findings if finding.fails]
        if any(finding.rule.startswith("input/") for finding in failing):
            return UNREADABLE
        return FINDINGS if failing else CLEAN

    @property
    def verdict(self) -> str:
        """`clean`, `findings` or `unreadable`."""
        return {CLEAN: "clean", FINDINGS: "findings", UNREADABLE: "unreadable"}[self.exit]

    @property
    def sentence(self) -> str:
        """The verdict in one sentence."""
        counts = ", ".join(
            _count(len(found), word)
            for word, found in (
                ("error", self.failing(Severity.ERROR)),
                ("warning", self.failing(Severity.WARNING)),
            )
            if found
        )
        waived = f", {len(self.waived)} waived" if self.waived else ""
        if self.exit == CLEAN:
            checked = f"{_count(self.objects, 'object')} checked for {_versions(self.versions)}"
            return f"Clean: {checked}{self._fits}{waived}."
        if self.exit == UNREADABLE:
            return f"Not everything could be read, so nothing is sure: {counts}{waived}."
        return f"Not ready: {counts} in {_count(self.objects, 'object')}{waived}."

    @property
    def _fits(self) -> str:
        """What a clean report says of tiers and money, where they are known."""
        fits = ", all tiers fit" if self.tiers else ""
        if self.budget is not None and self.owner_usd_month is not None:
            fits += f", ${self.owner_usd_month:,.0f} of ${self.budget.usd_month:,.0f} a month"
        return fits

    def failing(self, severity: Severity) -> list[Finding]:
        """The unwaived findings of a severity."""
        return [each for each in self.findings if each.severity is severity and not each.waived]

    @property
    def waived(self) -> list[Finding]:
        """The findings that somebody accepted for a while."""
        return [finding for finding in self.findings if finding.waived]


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _versions(versions: tuple[str, ...]) -> str:
    first = f"Kubernetes {versions[0]}"
    return first if len(versions) == 1 else f"{first} to {versions[-1]}"


def merged(reports: Sequence[Report]) -> Report:
    """One report over several folders. Tiers, money and network stay with the folders' own, its parts."""
    return Report(
        findings=tuple(
            sorted((each for part in reports for each in part.findings), key=lambda each: each.order)
        ),
        objects=sum(part.objects for part in reports),
        versions=max((part.versions for part in reports), key=len, default=()),
        rules=next((part.rules for part in reports if part.rules), None),
        objects_described=tuple(each for part in reports for each in part.objects_described),
        comparison=_joined(reports),
        parts=tuple(reports),
    )


def _joined(reports: Sequence[Report]) -> "Comparison | None":
    compared = [part.comparison for part in reports if part.comparison is not None]
    if not compared:
        return None
    from tierpolicies.report.comparison import joined  # noqa: PLC0415 (a base is rare)

    return joined(compared)
