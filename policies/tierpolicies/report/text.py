"""The report for a terminal or a log: what fails, a paragraph a finding; then what does not, a line each."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report.characters import visible

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.report.model import Report

_NOTES = 3
"""Notes of one rule that are told; who wants them all reads another format."""


def render(report: Report) -> str:
    """Findings that fail, most severe first, then waived ones and notes, then the verdict."""
    new = {each.fingerprint for each in report.comparison.new} if report.comparison is not None else set()
    lines = [
        *(line for each in report.findings if each.fails for line in _paragraph(each, new)),
        *_block(_accepted(each, new) for each in report.waived),
        *_block(_notes(report.failing(Severity.NOTE), new)),
        *_block(_change(report)),
        report.sentence,
    ]
    return "\n".join(lines) + "\n"


def _paragraph(finding: Finding, new: set[str]) -> Iterator[str]:
    yield f"{_head(finding, new)}: {visible(finding.message)}"
    about = f"  {visible(str(finding.subject))}" if finding.subject else ""
    if finding.file:
        yield f"  --> {visible(finding.file)}:{finding.line}:{finding.column}{about}"
    elif about:
        yield f"  -->{about[1:]}"
    if finding.source:
        yield f"  from {visible(finding.source.file)}:{finding.source.line}"
    yield f"  mend: {visible(finding.remediation)}"
    yield ""


def _accepted(finding: Finding, new: set[str]) -> str:
    waiver = finding.waived
    until = f"; until {waiver.expires} by {visible(waiver.owner)}: {visible(waiver.reason)}" if waiver else ""
    return f"{_head(finding, new)} {_place(finding)}: {visible(finding.message)}{until}"


def _notes(notes: list[Finding], new: set[str]) -> Iterator[str]:
    left = Counter(each.rule for each in notes)
    told: Counter[str] = Counter()
    for each in notes:
        told[each.rule] += 1
        if told[each.rule] <= _NOTES:
            yield f"{_head(each, new)} {_place(each)}: {visible(each.message)}"
    for rule, number in left.items():
        if number > _NOTES:
            yield f"note[{rule}]: and {number - _NOTES:,} more"


def _change(report: Report) -> Iterator[str]:
    if report.comparison is not None:
        from tierpolicies.report.wording import since  # noqa: PLC0415 (a base is rare)

        yield f"since {visible(report.comparison.base)}: {since(report.comparison)}"


def _head(finding: Finding, new: set[str]) -> str:
    waived = " (waived)" if finding.waived else ""
    return f"{finding.severity.value}[{finding.rule}]{waived}{' (new)' if finding.fingerprint in new else ''}"


def _place(finding: Finding) -> str:
    about = visible(str(finding.subject)) if finding.subject else ""
    if not finding.file:
        return about
    return " ".join(filter(None, (f"{visible(finding.file)}:{finding.line}:{finding.column}", about)))


def _block(lines: Iterator[str]) -> Iterator[str]:
    """Lines with an empty one after them, if there are some."""
    found = list(lines)
    yield from found
    if found:
        yield ""
