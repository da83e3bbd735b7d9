"""The findings as annotations of a pull request: workflow commands of GitHub Actions, on stdout.

Of each step GitHub keeps ten errors and ten warnings.
"""

from __future__ import annotations

from collections.abc import Iterator
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
        lines.append(f"::notice title=tierwright::{told.translate(_LINE)}")
    return "".join(f"{line}\n" for line in lines)


def _annotation(finding: Finding, report: Report) -> str:
    properties = ",".join(
        f"{key}={value.translate(_PROPERTY)}" for key, value in _properties(finding, report)
    )
    return f"::{finding.severity.value} {properties}::{_message(finding).translate(_LINE)}"


def _properties(finding: Finding, report: Report) -> Iterator[tuple[str, str]]:
    spot = places.at(finding, report) or places.described(finding, report)
    if spot is not None:
        yield "file", path_text(spot.path)
        yield "line", str(spot.line)
        yield "col", str(spot.column)
    yield "title", visible(finding.rule)


def _message(finding: Finding) -> str:
    about = f"{cut(str(finding.subject), 300)}: " if finding.subject else ""
    source = finding.source
    into = f"In {cut(source.file, 300)}:{source.line}: " if source else ""
    return f"{about}{cut(finding.message, 2000)}\n{into}{cut(finding.remediation, 1000)}"
