"""The report as a comment on a pull request: the verdict, then what the change does and nothing else."""

from collections.abc import Iterable, Iterator, Sequence

from tierpolicies.engine.finding import Finding, Severity
from tierpolicies.report import places
from tierpolicies.report.bounded import Section, bounded
from tierpolicies.report.comparison import Comparison, Described
from tierpolicies.report.marks import code, linked, more, place, prose, suggestion
from tierpolicies.report.model import Report
from tierpolicies.report.wording import count, since, states, tally, verdict

LIMIT = 60_000
"""Bytes. GitHub takes 65,536 characters, and counts them in a way of its own."""
MARKER = "<!-- tierwright: report -->"
"""The last line: by it a tool finds the comment that it is to edit."""
UNFOLDED = 10
"""Findings that a reader sees at once."""
_FEW = 5
"""So many objects, or findings that are gone, are seen at a glance; more are folded."""


def render(report: Report) -> str:
    """The comment, which ends with its marker; the same for the same report."""
    sections = [Section(f"{verdict(report)}\n")]
    comparison = report.comparison
    if comparison is None:
        sections += _open(report, "", [each for each in report.findings if each.fails], UNFOLDED)
        sections += _accepted(report, "Notes", report.findings, report.waived)
    else:
        sections += _compared(report, comparison)
    return bounded([*sections, Section(f"{MARKER}\n")], limit=LIMIT)


def _compared(report: Report, comparison: Comparison) -> Iterator[Section]:
    yield Section(f"Since {code(comparison.base[:200])}: {since(comparison)}.\n")
    new = [each for each in comparison.new if each.fails]
    left = [each for each in comparison.open if each.fails]
    yield from _open(report, "New", new, UNFOLDED)
    yield from _open(report, "Still open", left, max(UNFOLDED - len(new), 0))
    if fixed := comparison.fixed:
        gone = (_gone(each) for each in fixed)
        yield from _glance(f"Fixed: {tally(fixed)}", gone, len(fixed), "finding")
    if flows := comparison.flows:
        told = (f"- {prose(each, 300)}\n" for each in flows)
        yield from _glance(f"Flows: {count(len(flows), 'change')}", told, len(flows), "flow")
    changes = [(what, each) for what, found in states(comparison) for each in found]
    several = len({each.environment for _, each in changes}) > 1
    if changes:
        numbers = ", ".join(f"{len(found):,} {what}" for what, found in states(comparison) if found)
        names = (_object(what, each, report, several=several) for what, each in changes)
        yield from _glance(f"Objects: {numbers}", names, len(changes), "object")
    if room := comparison.capacity:
        items = (f"- {prose(each, 400)}\n" for each in room)
        yield from _glance("Room and money", items, len(room), "line")
    waived = [each for each in (*comparison.new, *comparison.open) if each.waived]
    yield from _accepted(report, "New notes", comparison.new, waived)


def _open(report: Report, title: str, found: Sequence[Finding], unfolded: int) -> Iterator[Section]:
    """Findings that fail, the most severe first, of which some are seen at once."""
    if not found:
        return
    if title:
        yield Section(f"### {title}: {tally(found)}\n")
    seen, rest = found[:unfolded], found[unfolded:]
    if seen:
        yield Section("", (_finding(each, report) for each in seen), len(seen), more("finding"))
    if rest:
        label = f"{tally(rest)} more" if seen else tally(rest)
        yield _folded(label, (_finding(each, report) for each in rest), len(rest), continued=bool(seen))


def _accepted(
    report: Report, title: str, found: Iterable[Finding], waived: Sequence[Finding]
) -> Iterator[Section]:
    """What fails nothing: waived findings, and notes."""
    notes = [each for each in found if each.severity is Severity.NOTE and not each.waived]
    for label, each in (("Waived", waived), (title, notes)):
        if each:
            items = (_finding(finding, report) for finding in each)
            yield _folded(f"{label}: {len(each):,}", items, len(each))


def _glance(title: str, items: Iterable[str], count: int, noun: str) -> Iterator[Section]:
    if count > _FEW:
        yield _folded(title, items, count, noun=noun)
    else:
        yield Section(f"### {title}\n")
        yield Section("", items, count, more(noun))


def _folded(
    label: str, items: Iterable[str], count: int, *, noun: str = "finding", continued: bool = False
) -> Section:
    opening = f"<details>\n<summary>{label}</summary>\n\n"
    return Section(opening, items, count, more(noun), "\n</details>\n", continued)


def _finding(finding: Finding, report: Report) -> str:
    """One item of a list: what is wrong with whom, then where it is and how it is mended."""
    about = f" {code(str(finding.subject)[:300])}" if finding.subject else ""
    text = f"- **{finding.severity.value}**{about}: {prose(finding.message, 600)}\\\n"
    found, source = places.at(finding, report), places.described(finding, report)
    parts = [place(found.path, found.line, report.links)] if found else []
    into = f" in {place(source.path, source.line, report.links)}" if source else ""
    if waiver := finding.waived:
        accepted = f"waived until {waiver.expires} by {prose(waiver.owner, 100)}"
        parts.append(f"{accepted}{into}: {prose(waiver.reason, 300)}")
    elif finding.fails:
        parts.append(f"mend{into}: {prose(finding.remediation, 300)}")
    elif into:
        parts.append(f"described{into}")
    parts.append(code(finding.rule[:100]))
    return f"{text}  {' · '.join(parts)}\n{_suggestion(finding, report)}"


def _suggestion(finding: Finding, report: Report) -> str:
    offered = report.suggestions.get(finding.fingerprint)
    block = suggestion(offered.text) if offered is not None else ""
    if offered is None or not block:
        return ""
    lines = f"In {place(offered.file, offered.line, report.links)} write:\n{block}"
    return "\n" + "".join(f"  {line}\n" for line in lines.splitlines())


def _gone(finding: Finding) -> str:
    about = f" {code(str(finding.subject)[:300])}" if finding.subject else ""
    waived = " (waived)" if finding.waived else ""
    told = f"{finding.severity.value}{waived}{about}: {prose(finding.message, 300)}"
    return f"- {told} · {code(finding.rule[:100])}\n"


def _object(what: str, each: Described, report: Report, *, several: bool) -> str:
    name = str(each.subject)[:300]
    path = "" if what == "removed" else report.prefix + each.file
    environment = f" in {prose(each.environment, 100)}" if several and each.environment else ""
    return f"- {what} {linked(name, path, each.line, report.links)}{environment}\n"
