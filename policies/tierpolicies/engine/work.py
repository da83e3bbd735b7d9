"""What rules have to look at, and who does which part of it: all at once, a share of it, or none again.

What rules say is kept in a report of a share as plain data, in which an object is its number. What cannot be
told like that, as a project's own rule may say anything, is left out, and whoever merges finds it anew.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, cast

from tierpolicies.documents.cache import Cache
from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.finding import Fault, Finding, Fix, Severity
from tierpolicies.engine.local import Found, LocalRules, faults_of
from tierpolicies.engine.registry import Active, is_local
from tierpolicies.platform import Place

Told = Mapping[str, list[object]]
"""What was found by unit: `file 3` the local rules in one file, `rule a/b` a rule that sees everything."""


@dataclass(frozen=True)
class Work:
    """The units of one run of the rules: each file for the local ones, and each rule that sees everything."""

    context: Context
    local: LocalRules
    whole: Sequence[Active]
    cache: Cache | None

    @cached_property
    def files(self) -> tuple[tuple[Manifest, ...], ...]:
        """The objects, file by file."""
        found: dict[str, list[Manifest]] = {}
        for manifest in self.context.index.manifests:
            found.setdefault(manifest.file, []).append(manifest)
        return tuple(map(tuple, found.values()))

    @cached_property
    def units(self) -> tuple[str, ...]:
        """The names of all units, in their order."""
        return (*(f"file {number}" for number in range(len(self.files))), *self._rules)

    def everything(self) -> Iterator[Found]:
        """What all rules say."""
        yield from self.local.found(self.context.index.manifests, self.cache)
        for name in self._rules:
            yield from self.of(name)

    def of(self, unit: str) -> Iterator[Found]:
        """What is found in one unit; rules that miss what could not be read are silent."""
        kind, _, name = unit.partition(" ")
        if kind == "file":
            yield from self.local.found(self.files[int(name)], self.cache)
            return
        active = self._rules[unit]
        if not self.context.lacks(active.rule.rests_on):
            yield from faults_of(active, self.context, Subject("", "Rule", "", active.name))

    @cached_property
    def _rules(self) -> dict[str, Active]:
        return {f"rule {each.name}": each for each in self.whole if each.rule.each is Context}

    @cached_property
    def manifests(self) -> tuple[Manifest, ...]:
        """Every object that a fault may be about, those of the base last."""
        base = self.context.base
        return (*self.context.index.manifests, *(base.manifests if base is not None else ()))

    def active(self, name: str) -> Active:
        """A rule that runs, by its name."""
        return next((each for each in self.whole if each.name == name), None) or self.local.active(name)


class Worker(Protocol):
    """Whoever does some of the work of a run."""

    def found(self, work: Work) -> Iterator[Found]:
        """What the rules say, as far as this one knows."""


class Everybody:
    """Does all of the work."""

    def found(self, work: Work) -> Iterator[Found]:
        """What all rules say."""
        return work.everything()


@dataclass
class Sharer:
    """Does the `number`th of `count` shares of every run, from 1, and keeps what was found, run by run."""

    number: int
    count: int
    runs: list[Told] = field(default_factory=list)

    def found(self, work: Work) -> Iterator[Found]:
        """Nothing yet: a share is no report."""
        numbers = {id(manifest): number for number, manifest in enumerate(work.manifests)}
        told: dict[str, list[object]] = {}
        for unit in work.units[self.number - 1 :: self.count]:
            plain = [_plain(*found, numbers) for found in work.of(unit)]
            if None not in plain:
                told[unit] = cast("list[object]", plain)
        self.runs.append(told)
        return iter(())


@dataclass
class Merger:
    """Does what no share tells, run by run."""

    shares: Sequence[Sequence[Told]]
    _run: int = 0

    def found(self, work: Work) -> Iterator[Found]:
        """What all rules say, in the order in which one process would have found it."""
        told: dict[str, list[object]] = {}
        for share in self.shares:
            told |= share[self._run] if self._run < len(share) else {}
        self._run += 1
        for unit in work.units:
            if unit in told:
                yield from (_recalled(cast("list[object]", each), work) for each in told[unit])
            else:
                yield from work.of(unit)


@dataclass(frozen=True)
class Changed:
    """Leaves out the local rules in files that are `unchanged`, but for those that somebody waives.

    Whether a waiver is still needed is told by what it meets, wherever that is.
    """

    unchanged: frozenset[str]

    def found(self, work: Work) -> Iterator[Found]:
        """What the rules say that a change of the other files can affect."""
        waived = work.local.only({each.waiver.rule for each in work.context.waivers})
        for number, manifests in enumerate(work.files):
            if manifests[0].file in self.unchanged:
                yield from waived.found(manifests, None)
            else:
                yield from work.of(f"file {number}")
        for unit in work.units[len(work.files) :]:
            yield from work.of(unit)

    def is_told(self, finding: Finding) -> bool:
        """Whether a finding is one that a change of the other files can affect."""
        return finding.file not in self.unchanged or not is_local(finding.rule)


def _plain(active: Active, fault: Fault, numbers: Mapping[int, int]) -> list[object] | None:
    """What a rule says as plain data; nothing where it says what no rule should."""
    at = fault.at.path if isinstance(fault.at, View) else fault.at
    texts = (fault.message, fault.detail, *(at if isinstance(at, tuple) else (at,)))
    if not all(isinstance(each, str | int) for each in texts) or not isinstance(fault.message, str):
        return None
    if fault.manifest is not None and id(fault.manifest) not in numbers:
        return None
    return [
        active.name,
        fault.message,
        numbers[id(fault.manifest)] if fault.manifest is not None else None,
        list(at) if isinstance(at, tuple) else at,
        fault.key,
        fault.offset,
        fault.detail,
        list(fault.subject) if fault.subject is not None else None,
        list(fault.source) if fault.source is not None else None,
        list(fault.file) if fault.file is not None else None,
        fault.severity,
        fault.remediation,
        [fault.fix.value, fault.fix.pointer, fault.fix.remove] if fault.fix is not None else None,
    ]


def _recalled(plain: Sequence[object], work: Work) -> Found:
    name, message, number, at, key, offset, detail, subject, source, file, severity, remediation, fix = plain
    return work.active(cast("str", name)), Fault(
        cast("str", message),
        work.manifests[cast("int", number)] if number is not None else None,
        View(None, tuple(cast("list[str | int]", at))) if isinstance(at, list) else cast("str", at),
        key=cast("bool", key),
        offset=cast("int", offset),
        detail=cast("str", detail),
        subject=Subject(*cast("list[str]", subject)) if subject is not None else None,
        source=_place(source),
        file=_place(file),
        severity=Severity(cast("str", severity)) if severity is not None else None,
        remediation=cast("str | None", remediation),
        fix=Fix(*cast("tuple[str, str | None, bool]", fix)) if fix is not None else None,
    )


def _place(plain: object) -> Place | None:
    return Place(*cast("tuple[str, int, int]", plain)) if plain is not None else None
