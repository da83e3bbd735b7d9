"""The report as a page: the verdict, the tiers, the money, then every finding.

It is the summary of a step in GitHub Actions, and dist/<env>/report.md.
"""

from collections.abc import Iterable, Iterator

from tierpolicies.capacity.money.bill import Bill
from tierpolicies.capacity.resources import Resources
from tierpolicies.capacity.tiers import TierRow
from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report import places
from tierpolicies.report.bounded import Section, bounded
from tierpolicies.report.marks import cell, code, more, place, prose
from tierpolicies.report.model import Report
from tierpolicies.report.node_bars import bar
from tierpolicies.report.scenarios import lines, reasons, tiers
from tierpolicies.report.wording import dollars, since

LIMIT = 1_000_000
"""Bytes; GitHub takes no summary of a step above 1 MiB, and other commands may add to it."""


def render(report: Report) -> str:
    """The page; opens with the verdict in one sentence and ends with a newline."""
    sections = [Section(f"{report.sentence}\n")]
    if report.comparison is not None:
        base = code(report.comparison.base[:200])
        sections.append(Section(f"Since {base}: {since(report.comparison)}.\n"))
    for part in report.parts or (report,):
        sections += _capacity(part, titled=bool(report.parts))
        sections += _exposure(part)
    for title, found in (
        ("Errors", report.failing(Severity.ERROR)),
        ("Warnings", report.failing(Severity.WARNING)),
        ("Waived", report.waived),
        ("Notes", report.failing(Severity.NOTE)),
    ):
        if found:
            items = (_finding(each, report) for each in found)
            sections += [Section(f"## {title}\n"), Section("", items, len(found), more("finding"))]
    return bounded(sections, limit=LIMIT)


def _capacity(part: Report, *, titled: bool) -> Iterator[Section]:
    found = [*_tiers(part.tiers), *_money(part), *_scenarios(part), *_nodes(part)]
    if titled and found:
        yield Section(f"## {prose(part.environment or 'Tiers', 100)}\n")
    yield from found


def _tiers(rows: Iterable[TierRow]) -> Iterator[Section]:
    lines = [_row(row) for row in rows]
    if lines:
        opening = (
            "| tier | nodes | CPU requested | CPU free | memory requested | memory free | pods | $/month |\n"
            "|---|--:|--:|--:|--:|--:|--:|--:|\n"
        )
        yield Section(opening, lines, len(lines), more("tier"))


def _row(row: TierRow) -> str:
    cells = (
        f"{row.number} {cell(row.name, 100)}",
        str(row.nodes),
        cpu_text(row.requested.cpu_milli),
        free_cpu(row.free),
        bytes_text(row.requested.memory_bytes),
        free_memory(row.free),
        str(row.pods),
        dollars(row.usd_month),
    )
    return f"| {' | '.join(cells)} |\n"


def _money(report: Report) -> Iterator[Section]:
    if report.budget is not None and report.owner_usd_month is not None:
        extras = "".join(
            f" + {prose(name, 100)} {dollars(usd)}" for name, usd in report.budget.extras.items()
        )
        spent, budget = dollars(report.owner_usd_month), dollars(report.budget.usd_month)
        yield Section(f"Budget: {spent} of {budget} a month at the owner's prices (nodes{extras}).\n")
    if report.bill is not None:
        yield from _bill(report.bill)


def _bill(bill: Bill) -> Iterator[Section]:
    table = bill.table
    if table is None:
        yield Section(f"Whole bill: there is no price table for {prose(bill.region, 100)}.\n")
        return
    origin = f"prices of {table.region}, {table.date}, from {table.origin}"
    known = "without what is missing" if bill.missing else "everything included"
    yield Section(f"Whole bill: {dollars(bill.usd_month)} a month {known} ({origin}):\n")
    lines = [f"- {prose(line.item, 200)}: {_price(line.usd_month)}\n" for line in bill.lines]
    yield Section("", lines, len(lines), more("item"))


def _scenarios(part: Report) -> Iterator[Section]:
    """What happens at rest, at maxima, in updates and without nodes, by tier; then why what does not fit."""
    rows = part.capacity.rows if part.capacity is not None else ()
    if rows:
        columns = [cell(tier or "no tier", 100) for tier in tiers(rows)]
        opening = f"| scenario | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}\n"
        items = [f"| {' | '.join([cell(line.title, 200), *line.cells])} |\n" for line in lines(rows)]
        yield Section(opening, items, len(items), more("scenario"))
    if told := reasons([row for row in rows if row.must_fit]):  # notes tell of the others
        yield Section("", [f"- {prose(each, 1000)}\n" for each in told], len(told), more("reason"))


def _nodes(part: Report) -> Iterator[Section]:
    nodes = part.capacity.nodes if part.capacity is not None else ()
    if nodes:
        items = [
            f"| {cell(node.node.name, 100)} | {bar(node.requested.cpu_milli, node.capacity.cpu_milli)}"
            f" | {bar(node.requested.memory_bytes, node.capacity.memory_bytes)} |\n"
            for node in nodes
        ]
        opening = "| node at rest | CPU requested | memory requested |\n|---|---|---|\n"
        yield Section(opening, items, len(items), more("node"))


def _price(usd: float | None) -> str:
    return dollars(usd) if usd is not None else "price missing"


def _exposure(part: Report) -> Iterator[Section]:
    """Who is open to the internet, as far as manifests tell."""
    if part.network is None:
        return
    led = sorted({each.destination for each in part.network.led})
    open_ = sorted({each.destination for each in part.network.from_internet})
    out = sorted({each.source for each in part.network.to_internet})
    for title, names in (
        ("Led in by Ingresses, routes and Services", led),
        ("Reached from any address, as far as policies go", open_),
        ("May call the internet", out),
    ):
        if names:
            yield Section(f"{title}: {prose(', '.join(names), 2000)}.\n")


def _finding(finding: Finding, report: Report) -> str:
    return "".join(f"{line}\n" for line in _lines(finding, report))


def _lines(finding: Finding, report: Report) -> Iterator[str]:
    about = f" {code(str(finding.subject)[:300])}" if finding.subject else ""
    yield f"- **{prose(finding.rule, 100)}**{about}: {prose(finding.message, 2000)}"
    if spot := places.at(finding, report):
        yield f"  at {place(spot.path, spot.line, report.links, column=spot.column)}"
    if spot := places.described(finding, report):
        yield f"  from {place(spot.path, spot.line, report.links)}"
    if finding.waived:
        waiver = finding.waived
        yield f"  waived until {waiver.expires} by {prose(waiver.owner, 100)}: {prose(waiver.reason, 1000)}"
    elif finding.severity is not Severity.NOTE:
        yield f"  mend: {prose(finding.remediation, 1000)}"


def free_cpu(free: Resources | None) -> str:
    """CPU that is left, or that nobody knows how much it is."""
    return "unknown" if free is None else cpu_text(free.cpu_milli)


def free_memory(free: Resources | None) -> str:
    """The same of memory."""
    return "unknown" if free is None else bytes_text(free.memory_bytes)
