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
    `fixed` ones have their places in the base. `added`, `changed` and `removed` are objects.
    """

    base: str
    new: tuple[Finding, ...]
    fixed: tuple[Finding, ...]
    open: tuple[Finding, ...]
    added: tuple[Described, ...]
    changed: tuple[Described, ...]
    removed: tuple[Described, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed, neither a finding nor an object."""
        return not (self.new or self.fixed or self.added or self.changed or self.removed)


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
    old = {each.identity: each for each in base.objects_described}
    now = {each.identity: each for each in head.objects_described}
    return Comparison(
        base=name,
        new=tuple(each for each in head.findings if each.fingerprint not in before),
        fixed=tuple(each for each in base.findings if each.fingerprint not in after),
        open=tuple(each for each in head.findings if each.fingerprint in before),
        added=_sorted(now[each] for each in now.keys() - old.keys()),
        changed=_sorted(
            now[each] for each in now.keys() & old.keys() if now[each].digest != old[each].digest
        ),
        removed=_sorted(old[each] for each in old.keys() - now.keys()),
    )


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
    )


def _sorted(objects: Iterable[Described]) -> tuple[Described, ...]:
    return tuple(sorted(objects, key=lambda each: (each.environment, each.subject[1:], each.file)))


def _digest(manifest: Manifest) -> str:
    return sha256(dumps(manifest.value, sort_keys=True).encode()).hexdigest()[:16]
