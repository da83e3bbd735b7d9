"""Runs rules over one context and makes findings of their faults."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from tierpolicies.documents.cache import Cache
from tierpolicies.documents.contents import Contents
from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.documents.yaml_source import steps
from tierpolicies.engine import waivers
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import MOST, Fault, Finding, Mend, Severity, fingerprint
from tierpolicies.engine.local import Found, LocalRules, crash
from tierpolicies.engine.origins import Origins
from tierpolicies.engine.registry import Active, activated, wanted
from tierpolicies.engine.work import Everybody, Work, Worker
from tierpolicies.platform import Place

LOST_ORIGINS = "input/inventory"
UNUSED = "waivers/unused"

About = Manifest | Subject | str | None


def run(
    context: Context, *, contents: Contents, cache: Cache | None = None, worker: Worker | None = None
) -> tuple[Finding, ...]:
    """The findings of all rules that the context's settings want, waivers applied, as reports order them.

    `contents` gives the inventories beside the files, which tell the lines of the description. A `cache`
    keeps what rules found in one object alone; a `worker` does only some of the work, or none again.
    Raises SettingsError and OwnRuleError.
    """
    origins = Origins(contents)
    chosen = wanted(context.settings)
    # What the tree has nothing for is not even imported.
    useful = [each for each in chosen if not (each.wants and context.traits.isdisjoint(each.wants))]
    local = LocalRules([each for each in useful if each.is_local], context.settings)
    whole = activated(context.settings, [each for each in useful if not each.is_local])
    found = list((worker or Everybody()).found(Work(context, local, whole, cache)))
    lost = list(origins.faults(context.tree))
    environment = context.platform.environment if context.platform is not None else ""
    findings = [_told(active, fault, origins, environment) for active, fault in _bounded(found)]
    ran = {each.name for each in chosen}
    findings, unused = waivers.apply(findings, context.waivers, today=context.today, rules=ran)
    for name, faults in ((LOST_ORIGINS, lost), (UNUSED, unused)):
        if faults and name in ran:
            (told,) = activated(context.settings, [each for each in chosen if each.name == name])
            findings += [_finding(told, fault, origins, environment) for fault in faults]
    return tuple(_distinct(sorted(findings, key=lambda finding: finding.order)))


def _bounded(found: Iterable[Found]) -> Iterator[Found]:
    """The first faults of a rule in each object or file; what follows is one, as severe as its worst."""
    counts: Counter[tuple[str, About]] = Counter()
    worst: dict[tuple[str, About], Found] = {}
    for active, fault in found:
        key = (active.name, fault.manifest or (fault.file.file if fault.file else fault.subject))
        counts[key] += 1
        if counts[key] <= MOST:
            yield active, fault
        else:
            worst[key] = min(worst.get(key, (active, fault)), (active, fault), key=_rank)
    for key, (active, fault) in worst.items():
        yield active, replace(fault, message=f"\u2026 and {counts[key] - MOST} more", detail="more")


def _rank(found: Found) -> int:
    return _severity(*found).rank


def _severity(active: Active, fault: Fault) -> Severity:
    """A severity that was set for the rule holds for all it finds, but its notes stay notes."""
    if fault.severity is None or (active.chosen and fault.severity is not Severity.NOTE):
        return active.severity
    return fault.severity


def _told(active: Active, fault: Fault, origins: Origins, environment: str) -> Finding:
    """The finding of a fault; one that cannot be told, in a project's own rule, is a crash of its rule."""
    try:
        if not isinstance(fault.message, str):
            raise TypeError(f"the message of a fault is {fault.message!r}")
        return _finding(active, fault, origins, environment)
    except Exception as error:
        subject = fault.manifest.subject if fault.manifest is not None else fault.subject
        return _finding(*crash(active, error, subject), origins, environment)


def _finding(active: Active, fault: Fault, origins: Origins, environment: str) -> Finding:
    manifest = fault.manifest
    subject = manifest.subject if manifest is not None else fault.subject
    place = fault.file or Place("", 1, 1)
    source = fault.source
    at = fault.pointer
    if manifest is not None:
        position = manifest.position(at, key=fault.key, offset=fault.offset)
        place = Place(manifest.file, *position)
        source = source or origins.place(manifest.file, manifest.base + at)
        at = _existing(manifest, at)
    return Finding(
        rule=active.name,
        severity=_severity(active, fault),
        message=fault.message,
        remediation=fault.remediation or active.rule.remediation,
        subject=subject,
        file=place.file,
        line=place.line,
        column=place.column,
        pointer=at,
        source=source,
        fingerprint=fingerprint(active.name, fault, subject, environment),
        mend=_mend(fault, origins),
        environment=environment,
    )


def _existing(manifest: Manifest, at: str) -> str:
    """The pointer, shortened to the nearest value that there is."""
    while at and manifest.view.follow(at).value is None:
        above, _, last = at.rpartition("/")
        holder = manifest.view.follow(above).value
        if isinstance(holder, dict) and steps(f"/{last}")[0] in holder:
            return at  # null was written
        at = above
    return at


def _mend(fault: Fault, origins: Origins) -> Mend | None:
    """The fix at its place in the description, where that very value stands there."""
    fix, manifest = fault.fix, fault.manifest
    if fix is None:
        return None
    if fix.remove:
        return Mend(fault.source, remove=True) if fault.source is not None else None
    if manifest is None or fix.pointer is None:
        return None
    place = origins.exact(manifest.file, manifest.base + fix.pointer)
    old = manifest.view.follow(fix.pointer).value
    if place is None or isinstance(old, dict | list):
        return None
    return Mend(place, old, fix.value)


def _distinct(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Tells findings apart that rule, object and value do not, by their order."""
    seen: Counter[str] = Counter()
    for finding in findings:
        seen[finding.fingerprint] += 1
        count = seen[finding.fingerprint]
        name = finding.fingerprint if count == 1 else f"{finding.fingerprint}-{count}"
        yield replace(finding, fingerprint=name)
