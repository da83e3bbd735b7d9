"""Waivers: somebody's word that a finding is accepted for a while, and the faults of waivers.

A waived finding stays visible. A waiver without owner, reason or expiry, one that runs longer than
90 days, names no rule or meets no finding is itself an error: nobody would notice its rot.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from tierpolicies.documents.manifest import Subject
from tierpolicies.engine.finding import Fault, Finding
from tierpolicies.engine.suggestion import nearest
from tierpolicies.platform import Platform, Waiver

LONGEST = timedelta(days=90)
NEVER_WAIVED = ("input/", "waivers/")


def apply(
    findings: Sequence[Finding], platform: Platform | None, *, today: date, rules: Sequence[str]
) -> tuple[list[Finding], list[Fault]]:
    """The findings with those waived that may be, and a fault for each waiver that meets none."""
    result = list(findings)
    unused: list[Fault] = []
    for waiver in platform.waivers if platform is not None else ():
        if _fault(waiver, today, rules) is not None:
            continue
        met = [index for index, finding in enumerate(result) if _meets(waiver, finding)]
        for index in met:
            result[index] = replace(result[index], waived=waiver)
        if not met:
            unused.append(_about(waiver, f"{_named(waiver)} meets no finding"))
    return result, unused


def faults(platform: Platform | None, kind: str, *, today: date, rules: Sequence[str]) -> Iterator[Fault]:
    """The waivers that are `malformed`, `expired` or for an `unknown-rule`."""
    for waiver in platform.waivers if platform is not None else ():
        fault = _fault(waiver, today, rules)
        if fault is not None and fault[0] == kind:
            yield _about(waiver, fault[1])


def _meets(waiver: Waiver, finding: Finding) -> bool:
    return finding.rule == waiver.rule and str(finding.subject or "") == waiver.object


def _fault(waiver: Waiver, today: date, rules: Sequence[str]) -> tuple[str, str] | None:
    if waiver.rule not in rules:
        return "unknown-rule", f"no rule is called {waiver.rule!r}{nearest(waiver.rule, rules)}"
    if waiver.rule.startswith(NEVER_WAIVED):
        return "malformed", f"{waiver.rule} cannot be waived: what is not read is not checked"
    given = {"owner": waiver.owner, "reason": waiver.reason, "object": waiver.object}
    missing = [name for name, text in given.items() if not text.strip()]
    if missing or waiver.expires is None:
        missing += ["expiry"] if waiver.expires is None else []
        return "malformed", f"{_named(waiver)} has no {' and no '.join(missing)}"
    if waiver.expires > today + LONGEST:
        told = f"expires on {waiver.expires}, more than {LONGEST.days} days from {today}"
        return "malformed", f"{_named(waiver)} {told}"
    if waiver.expires < today:
        return "expired", f"{_named(waiver)} expired on {waiver.expires}"
    return None


def _named(waiver: Waiver) -> str:
    return f"the waiver of {waiver.rule} for {waiver.object or 'no object'}"


def _about(waiver: Waiver, message: str) -> Fault:
    subject = Subject("", "Waiver", "", f"{waiver.rule} {waiver.object}")
    return Fault(message, subject=subject, source=waiver.source)
