"""The report for a terminal or a log: plain lines, one finding a paragraph."""

from collections.abc import Iterator

from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.report.model import Report


def render(report: Report) -> str:
    """Findings, most severe first, then the verdict; ends with a newline."""
    return "\n".join([*(line for each in report.findings for line in _lines(each)), _end(report)])


def _lines(finding: Finding) -> Iterator[str]:
    waived = " (waived)" if finding.waived else ""
    yield f"{finding.severity.value}[{finding.rule}]{waived}: {finding.message}"
    if finding.file:
        about = f"  {finding.subject}" if finding.subject else ""
        yield f"  --> {finding.file}:{finding.line}:{finding.column}{about}"
    elif finding.subject:
        yield f"  --> {finding.subject}"
    if finding.source:
        yield f"  from {finding.source.file}:{finding.source.line}"
    if finding.waived:
        waiver = finding.waived
        yield f"  waived until {waiver.expires} by {waiver.owner}: {waiver.reason}"
    elif finding.severity is not Severity.NOTE:
        yield f"  mend: {finding.remediation}"
    yield ""


def _end(report: Report) -> str:
    return f"{report.sentence}\n"
