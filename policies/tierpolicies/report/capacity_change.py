"""What a change does to room and money, a sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report.scenarios import told
from tierpolicies.report.wording import dollars

if TYPE_CHECKING:
    from tierpolicies.capacity.tiers import TierRow
    from tierpolicies.report.model import Report

_CENT = 0.005


def differences(base: Report, head: Report) -> Iterator[str]:
    """Tiers whose requests or nodes changed, scenarios whose verdict or nodes did, and the money."""
    where = f"{head.environment}, " if head.environment else ""
    return (f"{where}{each}" for each in _differences(base, head))


def _differences(base: Report, head: Report) -> Iterator[str]:
    before = {row.name: row for row in base.tiers}
    for row in head.tiers:
        if row.name in before and (parts := list(_tier(before[row.name], row))):
            yield f"{row.name}: {', '.join(parts)}"
    yield from _scenarios(base, head)
    yield from _money("at the owner's prices", base.owner_usd_month, head.owner_usd_month)
    if base.bill is not None and head.bill is not None:
        yield from _money("whole bill", base.bill.usd_month, head.bill.usd_month)


def _money(what: str, old: float | None, new: float | None) -> Iterator[str]:
    if old is not None and new is not None and abs(new - old) > _CENT:
        sign = "+" if new > old else "-"
        yield f"{what}: {dollars(old)} to {dollars(new)} a month ({sign}{dollars(abs(new - old))})"


def _tier(old: TierRow, new: TierRow) -> Iterator[str]:
    if old.nodes != new.nodes:
        yield f"{old.nodes} to {new.nodes} nodes"
    free = new.free
    more = new.requested.cpu_milli - old.requested.cpu_milli
    if more:
        cpu = "unknown" if free is None else cpu_text(free.cpu_milli)
        yield f"{more:+}m CPU requested ({cpu} left)"
    more = new.requested.memory_bytes - old.requested.memory_bytes
    if more:
        memory = "unknown" if free is None else bytes_text(free.memory_bytes)
        yield f"{'+' if more > 0 else '-'}{bytes_text(abs(more))} memory requested ({memory} left)"
    if old.pods != new.pods:
        yield f"{new.pods - old.pods:+} pods"


def _scenarios(base: Report, head: Report) -> Iterator[str]:
    """Scenarios that both know, by their names: a title may hold a figure that changed."""
    if base.capacity is None or head.capacity is None:
        return
    before = {(row.scenario, row.tier): row for row in base.capacity.rows}
    for row in head.capacity.rows:
        old = before.get((row.scenario, row.tier))
        if old is not None and told(old) != told(row):
            yield f"{row.tier}, {row.title}: {told(old)}, now {told(row)}"
