"""The findings as annotations of a pull request: workflow commands of GitHub Actions, on stdout.

Of each step GitHub keeps ten errors and ten warnings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from tierpolicies.engine.finding import Severity
from tierpolicies.report import places
from tierpolicies.report.characters import cut, path_text, visible

if TYPE_CHECKING:
    from tierpolicies.engine.finding import Finding
    from tierpolicies.report.model import Report

MOST = 10
_LINE = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_PROPERTY = _LINE | str.maketrans({":": "%3A", ",": "%2C"})


def render(report: Report) -> str:
    """The commands, a line each: errors, warnings, and a notice that counts what is left; else nothing.

    What is new comes first where there is a base: the lines of the change are what a reviewer sees.
    """
    new = {each.fingerprint for each in report.comparison.new} if report.comparison is not None else set()
    lines: list[str] = []
    left = 0
    for severity in (Severity.ERROR, Severity.WARNING):
        found = sorted(report.failing(severity), key=lambda each: each.fingerprint not in new)
        lines += (_annotation(each, report) for each in found[:MOST])
        left += max(len(found) - MOST, 0)
    if left:
        told = f"and {left:,} more: {report.sentence}"
        lines.append(annotation("notice", [("title", "tierwright")], told))
    return "".join(f"{line}\n" for line in lines)


def annotation(kind: str, properties: Iterable[tuple[str, str]], message: str) -> str:
    """One workflow command, without its end of line. `kind` is error, warning or notice."""
    told = ",".join(f"{key}={value.translate(_PROPERTY)}" for key, value in properties)
    return f"::{kind} {told}::{message.translate(_LINE)}"


def _annotation(finding: Finding, report: Report) -> str:
    return annotation(finding.severity.value, _properties(finding, report), _message(finding, report))


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    # A reviewer sees the lines that people change; what was made from them stands in the message.
    spot = places.described(finding, report) or places.at(finding, report)
    if spot is not None:
        yield "file", path_text(spot.path)
        yield "line", str(spot.line)
        yield "col", str(spot.column)
    yield "title", visible(finding.rule)


def _message(finding: Finding, report: Report) -> str:
    about = f"{cut(str(finding.subject), 300)}: " if finding.subject else ""
    made = places.at(finding, report) if places.described(finding, report) else None
    found = f"\nFound in {cut(made.path, 300)}:{made.line}" if made else ""
    return f"{about}{cut(finding.message, 2000)}\n{cut(finding.remediation, 1000)}{found}"
