"""What a change does: findings and objects against those of a base."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256
from json import dumps
from typing import TYPE_CHECKING

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.engine.finding import Finding

if TYPE_CHECKING:
    from tierpolicies.report.model import Report


@dataclass(frozen=True, slots=True)
class Described:
    """An object of a tree: who it is, where it stands, and a digest of what it says."""

    subject: Subject
    environment: str
    file: str
    line: int
    digest: str

    @property
    def identity(self) -> tuple[str, str, str, str, str]:
        """What stays the same when it is changed or moved; an API version may change too."""
        group = self.subject.api_version.rpartition("/")[0]
        return (self.environment, group, *self.subject[1:])


@dataclass(frozen=True, slots=True)
class Comparison:
    """A report against that of `base`, a revision as people call it.

    `new`, `fixed` and `open` are findings, waived ones and notes among them, in the order of reports;
    `fixed` ones have their places in the base. `added`, `changed` and `removed` are objects; `capacity` tells
    what became of room and money. `flows` say in words who can reach whom now, or no longer.
    """

    base: str
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    open: tuple[Finding, ...]
    added: tuple[Described, ...]
    changed: tuple[Described, ...]
    removed: tuple[Described, ...]
    capacity: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed, neither a finding nor an object: then no flow did."""
        return not (self.new or self.fixed or self.changes_objects)

    @property
    def changes_objects(self) -> bool:
        """Whether an object changed."""
        return bool(self.added or self.changed or self.removed)


def described(manifests: Iterable[Manifest], environment: str) -> tuple[Described, ...]:
    """The objects of a tree, for comparing it with another state of it."""
    return tuple(
        Described(each.subject, environment, each.file, each.position("")[0], _digest(each))
        for each in manifests
    )


def compared(head: Report, base: Report, *, name: str) -> Comparison:
    """What is new in a report against that of its base, what is gone, and what is still there.

    A finding that was waived and no longer is, or the other way round, is the same finding.
    """
    before = {finding.fingerprint for finding in base.findings}
    after = {finding.fingerprint for finding in head.findings}
    added, changed, removed = _differences(base.objects_described, head.objects_described)
    return Comparison(
        base=name,
        new=tuple(each for each in head.findings if each.fingerprint not in before),
        fixed=tuple(each for each in base.findings if each.fingerprint not in after),
        open=tuple(each for each in head.findings if each.fingerprint in before),
        added=_sorted(added),
        changed=_sorted(changed),
        removed=_sorted(removed),
    )


def _differences(
    old: Iterable[Described], now: Iterable[Described]
) -> tuple[list[Described], list[Described], list[Described]]:
    """The objects that came, changed and went; of several alike those that say the same stayed."""
    before, after = _by_identity(old), _by_identity(now)
    added: list[Described] = []
    changed: list[Described] = []
    removed: list[Described] = []
    for identity in before.keys() | after.keys():
        left, here = before.get(identity, []), after.get(identity, [])
        for each in tuple(here):
            same = next((other for other in left if other.digest == each.digest), None)
            if same is not None:
                left.remove(same)
                here.remove(each)
        count = min(len(left), len(here))
        changed += here[:count]
        added += here[count:]
        removed += left[count:]
    return added, changed, removed


def _by_identity(objects: Iterable[Described]) -> dict[tuple[str, ...], list[Described]]:
    found: dict[tuple[str, ...], list[Described]] = {}
    for each in objects:
        found.setdefault(each.identity, []).append(each)
    return found


def joined(comparisons: Sequence[Comparison]) -> Comparison | None:
    """One comparison over several folders with one base; nothing where there is none."""
    if not comparisons:
        return None

    def findings(part: str) -> tuple[Finding, ...]:
        found: list[Finding] = [each for one in comparisons for each in getattr(one, part)]
        return tuple(sorted(found, key=lambda each: each.order))

    def objects(part: str) -> tuple[Described, ...]:
        return _sorted(each for one in comparisons for each in getattr(one, part))

    return Comparison(
        base=comparisons[0].base,
        new=findings("new"),
        fixed=findings("fixed"),
        open=findings("open"),
        added=objects("added"),
        changed=objects("changed"),
        removed=objects("removed"),
        capacity=tuple(line for one in comparisons for line in one.capacity),
        flows=tuple(each for one in comparisons for each in one.flows),
    )


def _sorted(objects: Iterable[Described]) -> tuple[Described, ...]:
    return tuple(sorted(objects, key=lambda each: (each.environment, each.subject[1:], each.file)))


def _digest(manifest: Manifest) -> str:
    return sha256(dumps(manifest.value, sort_keys=True).encode()).hexdigest()[:16]
