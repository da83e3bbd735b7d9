"""Runs rules over one context and makes findings of their faults."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.engine import waivers
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import MOST, Fault, Finding, fingerprint
from tierpolicies.engine.origins import Origins
from tierpolicies.engine.rule import Rule, load_rule, rule_names
from tierpolicies.platform import Place

CRASHED = "input/rule-crashed"
LOST_ORIGINS = "input/inventory"
UNUSED = "waivers/unused"


def run(context: Context, *, root: Path) -> tuple[Finding, ...]:
    """The findings of all rules, waivers applied, in the order of every report."""
    names = rule_names()
    origins = Origins(root)
    findings = [
        _finding(rule, fault, origins) for name in names for rule, fault in _faults(load_rule(name), context)
    ]
    findings += [_finding(load_rule(LOST_ORIGINS), fault, origins) for fault in origins.faults(context.tree)]
    findings, unused = waivers.apply(findings, context.platform, today=context.today, rules=names)
    findings += [_finding(load_rule(UNUSED), fault, origins) for fault in unused]
    return tuple(_distinct(sorted(findings, key=lambda finding: finding.order)))


def _faults(rule: Rule, context: Context) -> Iterator[tuple[Rule, Fault]]:
    try:
        for fault in _bounded(rule, rule.check(context)):
            yield rule, fault
    except Exception as error:
        subject = Subject("", "Rule", "", rule.name)
        message = f"the rule {rule.name} crashed: {type(error).__name__}: {error}"
        yield load_rule(CRASHED), Fault(message, subject=subject)


def _bounded(rule: Rule, faults: Iterable[Fault]) -> Iterator[Fault]:
    """The first faults of each object or file; what follows is one fault, as severe as its worst."""
    counts: Counter[Manifest | Subject | str | None] = Counter()
    worst: dict[Manifest | Subject | str | None, Fault] = {}

    def rank(fault: Fault) -> int:
        return (fault.severity or rule.severity).rank

    for fault in faults:
        if fault.manifest is not None and fault.manifest.damaged:
            continue
        about = fault.manifest or (fault.file.file if fault.file else fault.subject)
        counts[about] += 1
        if counts[about] <= MOST:
            yield fault
        else:
            worst[about] = min(worst.get(about, fault), fault, key=rank)
    for about, fault in worst.items():
        yield replace(fault, message=f"\u2026 and {counts[about] - MOST} more", detail="more")


def _finding(rule: Rule, fault: Fault, origins: Origins) -> Finding:
    manifest = fault.manifest
    subject = manifest.subject if manifest is not None else fault.subject
    place = fault.file or Place("", 1, 1)
    source = fault.source
    if manifest is not None:
        position = manifest.position(fault.pointer, key=fault.key, offset=fault.offset)
        place = Place(manifest.file, *position)
        source = source or origins.place(manifest.file, manifest.base + fault.pointer)
    return Finding(
        rule=rule.name,
        severity=fault.severity or rule.severity,
        message=fault.message,
        remediation=fault.remediation or rule.remediation,
        subject=subject,
        file=place.file,
        line=place.line,
        column=place.column,
        pointer=fault.pointer,
        source=source,
        fingerprint=fingerprint(rule.name, fault, subject),
    )


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Tells findings apart that rule, object and value do not, by their order."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        name = finding.fingerprint if count == 1 else f"{finding.fingerprint}-{count}"
        yield replace(finding, fingerprint=name)
