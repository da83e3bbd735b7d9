"""Numbers and verdicts in words, the same in every report."""

from collections.abc import Iterable, Sequence

from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.report.comparison import Comparison, Described
from tierpolicies.report.model import CLEAN, UNREADABLE, Report

_UNREADABLE = "Not everything could be read, so nothing is sure"


def count(number: int, noun: str) -> str:
    """`1 finding`, `2 findings`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def tally(findings: Iterable[Finding]) -> str:
    """`2 errors, 1 warning, 3 notes, 1 waived`, without what there is none of."""
    numbers = dict.fromkeys((*Severity, "waived"), 0)
    for each in findings:
        numbers["waived" if each.waived else each.severity] += 1
    parts = [count(numbers[severity], severity.value) for severity in Severity if numbers[severity]]
    return ", ".join([*parts, *([f"{numbers['waived']:,} waived"] if numbers["waived"] else [])])


def verdict(report: Report) -> str:
    """The verdict in one sentence; where there is a base, what the change does to it."""
    comparison = report.comparison
    if comparison is None:
        return report.sentence
    added, fixed, left = (
        [each for each in found if each.fails]
        for found in (comparison.new, comparison.fixed, comparison.open)
    )
    if report.exit == CLEAN:
        fixes = f", {tally(fixed)} fixed" if fixed else ""
        besides = f" but {tally(comparison.new)}" if comparison.new else ""
        return f"{report.sentence[:-1]}{fixes}, nothing new{besides}."
    does = [f"adds {_both(added)}"] if added else []
    does += [f"fixes {_both(fixed)}"] if fixed else []
    joint = ", and " if any(" and " in each for each in does) else " and "
    parts = [f"this change {joint.join(does)}"] if does else []
    parts += [f"{_both(left)} {'is' if len(left) == 1 else 'are'} still open"] if left else []
    parts += [] if does else ["this change adds none"]
    opening = _UNREADABLE if report.exit == UNREADABLE else "Not ready"
    return f"{opening}: {'; '.join(parts)}."


def _both(failing: Iterable[Finding]) -> str:
    return tally(failing).replace(", ", " and ")


def since(comparison: Comparison) -> str:
    """What is new, fixed and open, and what became of the objects: one line without a full stop."""
    found = (("new", comparison.new), ("fixed", comparison.fixed), ("still open", comparison.open))
    findings = ", ".join(f"{len(each):,} {what}" for what, each in found)
    objects = ", ".join(f"{len(each):,} {what}" for what, each in states(comparison) if each)
    return f"findings: {findings}; objects: {objects or 'none changed'}"


def states(comparison: Comparison) -> Sequence[tuple[str, tuple[Described, ...]]]:
    """What became of objects, and which."""
    return (
        ("added", comparison.added),
        ("changed", comparison.changed),
        ("removed", comparison.removed),
    )


def dollars(usd: float | None) -> str:
    """An amount, with cents where there are some."""
    if usd is None:
        return "unknown"
    return f"${usd:,.0f}" if float(usd).is_integer() else f"${usd:,.2f}"
