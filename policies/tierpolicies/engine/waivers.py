"""Waivers: somebody's word that a finding is accepted for a while, and the faults of waivers.

A waiver stands in the description, or in an annotation of the object itself, where it says the same
but the object:

    tierwright.dev/waivers: |
      - rule: reliability/one-failure-domain
        owner: platform-team
        reason: one storage node until the second is paid for
        expires: 2026-12-31

A waived finding stays visible. A waiver without owner, reason or expiry, one that runs longer than
90 days, names no rule or meets no finding is itself an error: nobody would notice its rot.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse
from tierpolicies.engine.finding import Fault, Finding, Fix
from tierpolicies.engine.suggestion import nearest
from tierpolicies.platform import Platform, Waiver

ANNOTATION = "tierwright.dev/waivers"
LONGEST = timedelta(days=90)
NEVER_WAIVED = ("input/", "waivers/")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_FIELDS = ("rule", "owner", "reason", "expires", "pointer")


@dataclass(frozen=True, slots=True)
class Given:
    """A waiver as somebody gave it: in the description, or by the annotation of an object."""

    waiver: Waiver
    manifest: Manifest | None = None
    problem: str = ""

    def meets(self, finding: Finding) -> bool:
        """Whether it is about a finding; one that an object carries, about that very object alone."""
        waiver, manifest = self.waiver, self.manifest
        if finding.rule != waiver.rule or str(finding.subject or "") != waiver.object:
            return False
        if manifest is not None and (finding.file, finding.subject) != (manifest.file, manifest.subject):
            return False
        return not waiver.pointer or f"{finding.pointer}/".startswith(f"{waiver.pointer}/")

    def fault(self, message: str, *, remove: bool = False) -> Fault:
        """A fault of the waiver, where it stands; with `remove` its end is the whole mend."""
        if self.manifest is not None:
            at = self.manifest.view.at("metadata", "annotations", ANNOTATION)
            return Fault(message, self.manifest, at, detail=f"{self.waiver.rule} {self.waiver.pointer}")
        subject = Subject("", "Waiver", "", f"{self.waiver.rule} {self.waiver.object}")
        fix = Fix(remove=True) if remove else None
        return Fault(message, subject=subject, source=self.waiver.source, detail=self.waiver.pointer, fix=fix)


def given(platform: Platform | None, manifests: Iterable[Manifest]) -> tuple[Given, ...]:
    """Every waiver there is."""
    described = platform.waivers if platform is not None else ()
    return (
        *(Given(each) for each in described),
        *(each for manifest in manifests for each in _annotated(manifest)),
    )


def apply(
    findings: Sequence[Finding], waivers: Sequence[Given], *, today: date, rules: Collection[str]
) -> tuple[list[Finding], list[Fault]]:
    """The findings with those waived that may be, and a fault for each waiver that meets none.

    `rules` are those that ran: a waiver of another one may well be needed.
    """
    result = list(findings)
    unused: list[Fault] = []
    for each in waivers:
        waiver = each.waiver
        if each.problem or waiver.rule not in rules or _fault(waiver, today, rules) is not None:
            continue
        met = [index for index, finding in enumerate(result) if each.meets(finding)]
        for index in met:
            result[index] = replace(result[index], waived=waiver)
        if not met:
            unused.append(each.fault(f"{_named(waiver)} meets no finding", remove=True))
    return result, unused


def faults(waivers: Iterable[Given], kind: str, *, today: date, rules: Collection[str]) -> Iterator[Fault]:
    """The waivers that are `malformed`, `expired` or for an `unknown-rule`."""
    for each in waivers:
        told = ("malformed", each.problem) if each.problem else _fault(each.waiver, today, rules)
        if told is not None and told[0] == kind:
            yield each.fault(told[1], remove=kind == "expired")


def _fault(waiver: Waiver, today: date, rules: Collection[str]) -> tuple[str, str] | None:
    if waiver.rule not in rules:
        return "unknown-rule", f"no rule is called {waiver.rule!r}{nearest(waiver.rule, rules)}"
    if waiver.rule.startswith(NEVER_WAIVED):
        return "malformed", f"{waiver.rule} cannot be waived: what is not read is not checked"
    named = {"owner": waiver.owner, "reason": waiver.reason, "object": waiver.object}
    missing = [name for name, text in named.items() if not text.strip()]
    if missing or waiver.expires is None:
        missing += ["expiry"] if waiver.expires is None else []
        return "malformed", f"{_named(waiver)} has no {' and no '.join(missing)}"
    if waiver.pointer and not waiver.pointer.startswith("/"):
        return "malformed", f"{_named(waiver)} has the pointer {waiver.pointer!r}; one begins with a slash"
    if waiver.expires > today + LONGEST:
        told = f"expires on {waiver.expires}, more than {LONGEST.days} days from {today}"
        return "malformed", f"{_named(waiver)} {told}"
    if waiver.expires < today:
        return "expired", f"{_named(waiver)} expired on {waiver.expires}"
    return None


def _named(waiver: Waiver) -> str:
    return f"the waiver of {waiver.rule} for {waiver.object or 'no object'}"


def _annotated(manifest: Manifest) -> Iterator[Given]:
    text = manifest.view.at("metadata", "annotations", ANNOTATION)
    if not text:
        return
    source = parse(text.text, file=manifest.file)
    items = View(source.value)
    subject = str(manifest.subject)
    if source.problems or not isinstance(items.value, list) or not items.value:
        told = source.problems[0].message if source.problems else "not a list of waivers"
        nobody = Waiver("", subject, "", "", None)
        yield Given(nobody, manifest, f"the annotation {ANNOTATION} of {subject} cannot be read: {told}")
        return
    for item in items:
        yield _read(item, manifest, subject)


def _read(item: View, manifest: Manifest, subject: str) -> Given:
    unknown = [name for name in item.mapping if name not in _FIELDS]
    problem = ""
    expires = None
    try:
        expires = _day(item["expires"])
    except ValueError:
        problem = (
            f"the expiry {item['expires'].value!r} of a waiver of {subject} is not a date like 2026-12-31"
        )
    if unknown:
        problem = f"a waiver of {subject} has a field {unknown[0]!r}{nearest(unknown[0], _FIELDS)}"
    elif wrong := [name for name in _FIELDS if item[name] and not item[name].text]:
        problem = f"the {wrong[0]} of a waiver of {subject} is no text"
    elif not item["rule"].text:
        problem = f"a waiver of {subject} names no rule"
    waiver = Waiver(
        rule=item["rule"].text,
        object=subject,
        owner=item["owner"].text,
        reason=item["reason"].text,
        expires=expires,
        pointer=item["pointer"].text,
    )
    return Given(waiver, manifest, problem)


def _day(expires: View) -> date | None:
    """The date as a description writes it too: year, month and day."""
    if not expires:
        return None
    if not _DAY.fullmatch(expires.text):
        raise ValueError(expires.value)
    return date.fromisoformat(expires.text)
