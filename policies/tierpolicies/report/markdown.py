"""The report as a page: the verdict, the tiers, the money, then every finding."""

from collections.abc import Iterable, Iterator

from tierpolicies.capacity.bill import Bill
from tierpolicies.capacity.resources import Resources
from tierpolicies.capacity.tiers import TierRow
from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report.model import Report


def render(report: Report) -> str:
    """The page; opens with the verdict in one sentence and ends with a newline."""
    parts = [
        report.sentence,
        *_tiers(report.tiers),
        *_money(report),
        *_section("Errors", report.failing(Severity.ERROR)),
        *_section("Warnings", report.failing(Severity.WARNING)),
        *_section("Waived", report.waived),
        *_section("Notes", report.failing(Severity.NOTE)),
    ]
    return "\n\n".join(parts) + "\n"


def _tiers(rows: Iterable[TierRow]) -> Iterator[str]:
    lines = [
        "| tier | nodes | CPU requested | CPU free | memory requested | memory free | pods | $/month |",
        "|---|--:|--:|--:|--:|--:|--:|--:|",
    ]
    for row in rows:
        cells = (
            f"{row.number} {_cell(row.name)}",
            str(row.nodes),
            cpu_text(row.requested.cpu_milli),
            _free_cpu(row.free),
            bytes_text(row.requested.memory_bytes),
            _free_memory(row.free),
            str(row.pods),
            _dollars(row.usd_month),
        )
        lines.append(f"| {' | '.join(cells)} |")
    if len(lines) > 2:
        yield "\n".join(lines)


def _money(report: Report) -> Iterator[str]:
    if report.budget is not None and report.owner_usd_month is not None:
        extras = "".join(f" + {_cell(name)} {_dollars(usd)}" for name, usd in report.budget.extras.items())
        yield (
            f"Budget: {_dollars(report.owner_usd_month)} of "
            f"{_dollars(report.budget.usd_month)} a month at the owner's prices (nodes{extras})."
        )
    if report.bill is not None:
        yield "\n".join(_bill(report.bill))


def _bill(bill: Bill) -> Iterator[str]:
    table = bill.table
    if table is None:
        yield f"Whole bill: there is no price table for {bill.region}."
        return
    origin = f"prices of {table.region}, {table.date}, from {table.origin}"
    known = "without what is missing" if bill.missing else "everything included"
    yield f"Whole bill: {_dollars(bill.usd_month)} a month {known} ({origin}):"
    yield ""
    for line in bill.lines:
        price = _dollars(line.usd_month) if line.usd_month is not None else "price missing"
        yield f"- {_cell(line.item)}: {price}"


def _section(title: str, findings: list[Finding]) -> Iterator[str]:
    if findings:
        yield f"## {title}"
        yield "\n".join(line for finding in findings for line in _finding(finding))


def _finding(finding: Finding) -> Iterator[str]:
    about = f" {_code(str(finding.subject))}" if finding.subject else ""
    yield f"- **{finding.rule}**{about}: {_cell(finding.message)}"
    if finding.file:
        yield f"  at {_code(f'{finding.file}:{finding.line}:{finding.column}')}"
    if finding.source:
        yield f"  from {_code(f'{finding.source.file}:{finding.source.line}')}"
    if finding.waived:
        waiver = finding.waived
        yield f"  waived until {waiver.expires} by {_cell(waiver.owner)}: {_cell(waiver.reason)}"
    elif finding.severity is not Severity.NOTE:
        yield f"  mend: {_cell(finding.remediation)}"


def _free_cpu(free: Resources | None) -> str:
    return "unknown" if free is None else cpu_text(free.cpu_milli)


def _free_memory(free: Resources | None) -> str:
    return "unknown" if free is None else bytes_text(free.memory_bytes)


def _dollars(usd: float | None) -> str:
    if usd is None:
        return "unknown"
    return f"${usd:,.0f}" if float(usd).is_integer() else f"${usd:,.2f}"


def _code(text: str) -> str:
    return f"`{_line(text).replace('`', chr(39))}`"


def _cell(text: str) -> str:
    """Text that neither breaks a table nor starts markup."""
    escaped = _line(text)
    for mark in ("\\", "|", "`", "*", "_", "<", "[", "]"):
        escaped = escaped.replace(mark, f"\\{mark}")
    return escaped


def _line(text: str) -> str:
    return " ".join(text.split())
