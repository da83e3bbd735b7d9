"""What a page tells before its findings: the change, the tiers and the money."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report.html.elements import escaped, isolated, place, row
from tierpolicies.report.html.nodes import picture
from tierpolicies.report.html.traffic import traffic
from tierpolicies.report.places import Spot
from tierpolicies.report.scenarios import lines, reasons, tiers
from tierpolicies.report.wording import count, dollars, since, states, tally

if TYPE_CHECKING:
    from tierpolicies.capacity.money.bill import Bill
    from tierpolicies.capacity.tiers import TierRow
    from tierpolicies.engine.finding import Finding
    from tierpolicies.report.comparison import Comparison, Described
    from tierpolicies.report.model import Report

_TIERS = (
    "tier",
    "nodes",
    "CPU requested",
    "CPU free",
    "memory requested",
    "memory free",
    "pods",
    "$ a month",
)


def overview(report: Report) -> Iterator[str]:
    """The sections that there is something to tell in."""
    if report.comparison is not None:
        yield from _change(report.comparison, report)
    for part in report.parts or (report,):
        told = [*_tiers(part.tiers), *_money(part), *_scenarios(part)]
        if told:
            title = part.environment or "platform"
            name = f"platform-{escaped(title).replace(' ', '-')}"
            yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">'
            yield f"Tiers and money of {escaped(title)}</h2>\n"
            yield from told
            yield "</section>\n"
        if part.network is not None:
            yield from traffic(part.network, part.environment)


def _change(comparison: Comparison, report: Report) -> Iterator[str]:
    base = f"<code>{escaped(comparison.base)}</code>"
    yield f'<section aria-labelledby="change">\n<h2 id="change">Since {base}</h2>\n'
    yield f"<p>{since(comparison)[:1].upper()}{since(comparison)[1:]}.</p>\n"
    if comparison.fixed:
        items = "".join(f"<li>{_gone(each)}</li>\n" for each in comparison.fixed)
        yield f"<details open><summary>Fixed: {tally(comparison.fixed)}</summary><ul>{items}</ul></details>\n"
    if comparison.capacity:
        items = "".join(f"<li>{isolated(each)}</li>\n" for each in comparison.capacity)
        yield f"<details open><summary>Room and money</summary><ul>{items}</ul></details>\n"
    if flows := comparison.flows:
        items = "".join(f"<li>{isolated(each)}</li>\n" for each in flows)
        label = f"Flows: {count(len(flows), 'change')}"
        yield f"<details open><summary>{label}</summary><ul>{items}</ul></details>\n"
    for what, found in states(comparison):
        if found:
            items = "".join(f"<li>{_object(each, report, gone=what == 'removed')}</li>\n" for each in found)
            label = f"Objects {what}: {len(found):,}"
            yield f"<details open><summary>{label}</summary><ul>{items}</ul></details>\n"
    yield "</section>\n"


def _gone(finding: Finding) -> str:
    about = f"<strong>{isolated(str(finding.subject))}</strong>: " if finding.subject else ""
    return f"{finding.severity.value} {about}{isolated(finding.message)} <code>{escaped(finding.rule)}</code>"


def _object(each: Described, report: Report, *, gone: bool) -> str:
    name = f"<strong>{isolated(str(each.subject))}</strong>"
    environment = f" {escaped(each.environment)}" if each.environment else ""
    where = "" if gone else f" {place(Spot(report.prefix + each.file, each.line), report.links)}"
    return f"{name}{environment}{where}"


def _tiers(rows: Sequence[TierRow]) -> Iterator[str]:
    if not rows:
        return
    body = "".join(row(_cells(each)) for each in rows)
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Tiers"><table>\n'
    yield f"<thead>{row(list(_TIERS), 'th')}</thead>\n<tbody>\n{body}</tbody></table></div>\n"


def _cells(tier: TierRow) -> list[str]:
    free = tier.free
    return [
        f"{tier.number} {isolated(tier.name)}",
        str(tier.nodes),
        cpu_text(tier.requested.cpu_milli),
        "unknown" if free is None else cpu_text(free.cpu_milli),
        bytes_text(tier.requested.memory_bytes),
        "unknown" if free is None else bytes_text(free.memory_bytes),
        str(tier.pods),
        dollars(tier.usd_month),
    ]


def _money(report: Report) -> Iterator[str]:
    budget, spent = report.budget, report.owner_usd_month
    if budget is not None and spent is not None:
        extras = "".join(f" + {isolated(name)} {dollars(usd)}" for name, usd in budget.extras.items())
        yield (
            f"<p>Budget: <strong>{dollars(spent)} of {dollars(budget.usd_month)}</strong> a month"
            f" at the owner's prices (nodes{extras}).</p>\n"
        )
    if report.bill is not None:
        yield _bill(report.bill)


def _bill(bill: Bill) -> str:
    table = bill.table
    if table is None:
        return f"<p>Whole bill: there is no price table for {isolated(bill.region)}.</p>\n"
    known = "without what is missing" if bill.missing else "everything included"
    origin = f"prices of {escaped(table.region)}, {table.date}, from {escaped(table.origin)}"
    items = "".join(f"<li>{isolated(line.item)}: {_price(line.usd_month)}</li>" for line in bill.lines)
    summary = f"Whole bill: <strong>{dollars(bill.usd_month)}</strong> a month {known} ({origin})"
    return f"<details open><summary>{summary}</summary><ul>{items}</ul></details>\n"


def _scenarios(part: Report) -> Iterator[str]:
    """The nodes as a picture, the scenarios by tier, and why what does not fit does not."""
    if part.capacity is None:
        return
    yield f"<figure>{picture(part.capacity.nodes)}<figcaption>Nodes at rest: CPU above, memory below"
    yield "</figcaption></figure>\n"
    rows = part.capacity.rows
    heads = ["scenario", *(isolated(tier or "no tier") for tier in tiers(rows))]
    body = "".join(row([isolated(line.title), *line.cells]) for line in lines(rows))
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Scenarios"><table class="wrapped">\n'
    yield f"<thead>{row(heads, 'th')}</thead>\n<tbody>\n{body}</tbody></table></div>\n"
    if why := reasons([row for row in rows if row.must_fit]):  # notes tell of the others
        items = "".join(f"<li>{isolated(each)}</li>\n" for each in why)
        summary = f"Why what does not fit does not: {len(why)}"
        yield f"<details><summary>{summary}</summary><ul>{items}</ul></details>\n"


def _price(usd: float | None) -> str:
    return "price missing" if usd is None else dollars(usd)
