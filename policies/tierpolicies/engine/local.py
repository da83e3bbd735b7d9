"""The rules that see one object alone: each object, pod and container is made once for all of them.

What they find depends on nothing but the object, their parameters and their code, so it can be kept with
the content of a file and need not be found again.
"""

import hashlib
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import cast

from tierpolicies.documents.cache import Cache, Plain
from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.documents.view import View
from tierpolicies.engine.catalog import Entry
from tierpolicies.engine.finding import Fault, Fix, Severity
from tierpolicies.engine.registry import Active, activated, load_rule
from tierpolicies.engine.settings import Settings
from tierpolicies.engine.workload import Container, Pod, pod_of

CRASHED = "input/rule-crashed"
_PACKAGE = Path(__file__).parents[1]
_RULES = str(_PACKAGE / "rules")

Found = tuple[Active, Fault]


class LocalRules:
    """The local ones of the rules that run; they are imported when an object has to be looked at."""

    def __init__(self, chosen: Sequence[Entry], settings: Settings) -> None:
        self._chosen = chosen
        self._settings = settings

    def found(self, objects: Iterable[Manifest], cache: Cache | None) -> Iterator[Found]:
        """What they find in objects; a cache is asked for what they found in files of the same content.

        Of a file that is asked for, all objects must be.
        """
        if self._settings.folder is not None:
            cache = None  # who knows what a project's own rules look at
        contents: dict[bytes, list[Manifest]] = defaultdict(list)
        for manifest in objects:
            content = manifest.source.content if cache is not None else b""
            if content:
                contents[content].append(manifest)
            else:
                yield from self._faults(manifest)
        if cache is None:
            return
        for content, manifests in contents.items():
            yield from self._remembered(content, manifests, cache)

    def _remembered(self, content: bytes, manifests: Sequence[Manifest], cache: Cache) -> Iterator[Found]:
        known = cast("list[list[_Noted]] | None", cache.noted(content, self._key))
        if known is not None and len(known) == len(manifests):
            for manifest, faults in zip(manifests, known, strict=True):
                for name, *fault in faults:
                    yield self._active[cast("str", name)], _recalled(manifest, fault)
            return
        each = [list(self._faults(manifest)) for manifest in manifests]
        for found in each:
            yield from found
        noted = [[_noted(*one) for one in found] for found in each]
        if not any(one is None for found in noted for one in found):
            cache.note(content, self._key, cast("Plain", noted))

    def _faults(self, manifest: Manifest) -> Iterator[Found]:
        subject = manifest.subject
        for active in (*self._of_kind.get(manifest.kind, ()), *self._of_any):
            yield from faults_of(active, manifest, subject)
        pod = pod_of(manifest)
        if pod is None:
            return
        for active in self._of_pods:
            yield from faults_of(active, pod, subject)
        for container in pod.containers:
            for active in self._of_containers:
                yield from faults_of(active, container, subject)

    def only(self, names: Collection[str]) -> "LocalRules":
        """Those of some names."""
        return LocalRules([each for each in self._chosen if each.name in names], self._settings)

    def active(self, name: str) -> Active:
        """One of them, or the rule that tells of crashes, by its name."""
        if name == CRASHED:
            crashed = load_rule(CRASHED)
            return Active(crashed, crashed.name, crashed.severity)
        return self._active[name]

    @cached_property
    def _active(self) -> dict[str, Active]:
        return _OnDemand(self._settings, self._chosen)

    @cached_property
    def _all(self) -> list[Active]:
        return [self._active[each.name] for each in self._chosen]

    @cached_property
    def _of_any(self) -> list[Active]:
        return [each for each in self._all if each.rule.each is Manifest and not each.rule.kinds]

    @cached_property
    def _of_kind(self) -> dict[str, list[Active]]:
        found: dict[str, list[Active]] = defaultdict(list)
        for active in self._all:
            for kind in active.rule.kinds:
                found[kind].append(active)
        return found

    @cached_property
    def _of_pods(self) -> list[Active]:
        return [each for each in self._all if each.rule.each is Pod]

    @cached_property
    def _of_containers(self) -> list[Active]:
        return [each for each in self._all if each.rule.each is Container]

    @cached_property
    def _key(self) -> bytes:
        """Everything but the object that decides what is found: rules, their parameters, and the code."""
        known = hashlib.blake2b(digest_size=16)
        for each in self._chosen:
            known.update(f"{each.name} {self._settings.parameters.get(each.name)!r}\n".encode())
        for name, changed in sorted(_sources(str(_PACKAGE))):
            known.update(f"{name} {changed}\n".encode())
        return known.digest()


class _OnDemand(dict[str, Active]):
    """Rules by name, each made ready when it is first asked for."""

    def __init__(self, settings: Settings, chosen: Sequence[Entry]) -> None:
        super().__init__()
        self._settings = settings
        self._entries = {each.name: each for each in chosen}

    def __missing__(self, name: str) -> Active:
        (self[name],) = activated(self._settings, [self._entries[name]])
        return self[name]


_Noted = tuple[object, ...]


def _noted(active: Active, fault: Fault) -> _Noted | None:
    """A fault as plain data; nothing where it is about more than its object."""
    if fault.manifest is None or fault.source or fault.file or fault.subject or active.name == CRASHED:
        return None
    fix = fault.fix and (fault.fix.value, fault.fix.pointer, fault.fix.remove)
    severity = fault.severity and fault.severity.value
    path: object = fault.at if isinstance(fault.at, str) else getattr(fault.at, "path", None)
    if not isinstance(path, str | tuple):
        return None  # a project's own rule may say anything; it is told as what it is
    return (
        active.name,
        fault.message,
        path,
        fault.key,
        fault.offset,
        fault.detail,
        severity,
        fault.remediation,
        fix,
    )


def _recalled(manifest: Manifest, noted: Sequence[object]) -> Fault:
    message, path, key, offset, detail, severity, remediation, fix = noted
    return Fault(
        cast("str", message),
        manifest,
        path if isinstance(path, str) else View(None, cast("tuple[str | int, ...]", path)),
        key=cast("bool", key),
        offset=cast("int", offset),
        detail=cast("str", detail),
        severity=Severity(cast("str", severity)) if severity is not None else None,
        remediation=cast("str | None", remediation),
        fix=Fix(*cast("tuple[str, str | None, bool]", fix)) if fix is not None else None,
    )


def _sources(folder: str) -> Iterator[tuple[str, str]]:
    """Name, size and time of change of each file of the judge, its data included and the fixtures not."""
    is_family = os.path.dirname(folder) == _RULES  # noqa: PTH120 (a hundred times a start)
    for entry in os.scandir(folder):
        if entry.is_dir(follow_symlinks=False):
            if entry.name != "__pycache__" and not is_family:
                yield from _sources(entry.path)
        else:
            status = entry.stat()
            yield entry.path, f"{status.st_size} {status.st_mtime_ns}"


def faults_of(active: Active, about: object, subject: Subject) -> Iterator[Found]:
    """What a rule says of something; a crash is a finding of its own about the subject."""
    check: Callable[..., Iterable[Fault]] = active.rule.check
    try:
        for fault in check(about) if active.parameters is None else check(about, active.parameters):
            if fault.manifest is None or not fault.manifest.damaged:
                yield active, fault
    except (KeyboardInterrupt, GeneratorExit):
        raise
    except BaseException as error:  # a project's own rule may even want to exit
        yield crash(active, error, subject)


def crash(active: Active, error: BaseException, subject: Subject | None) -> Found:
    """What is told of a rule that crashed on something."""
    message = f"the rule {active.name} crashed: {type(error).__name__}: {error}"
    crashed = load_rule(CRASHED)
    fault = Fault(message, subject=subject, detail=active.name)
    return Active(crashed, crashed.name, crashed.severity), fault
