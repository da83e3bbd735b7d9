"""What a rule has to say about a value, and what a reader gets to see of it."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256

from tierpolicies.documents.manifest import Manifest, Subject
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.scalars import Scalar
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import steps
from tierpolicies.platform import Place, Waiver

MOST = 100
"""Findings of one rule in one object that are shown; nobody reads further, so the rest is counted."""


class Severity(StrEnum):
    """Errors and warnings fail a check, notes never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def rank(self) -> int:
        """0 for the most severe."""
        return list(Severity).index(self)


@dataclass(frozen=True, slots=True)
class Fix:
    """A mend that needs no judgement: `value` takes the place of the one at `pointer`.

    With `remove` it is what the fault's `source` names in the description that goes.
    """

    value: Scalar = None
    pointer: str | None = None
    remove: bool = False


@dataclass(frozen=True, slots=True)
class Mend:
    """A fix with its place in the description: `old`, which stands there, becomes `value`, or goes."""

    place: Place
    old: Scalar = None
    value: Scalar = None
    remove: bool = False


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule reports: a message about a value, before the engine adds what it knows.

    `at` is the value at fault, be it that it is missing; `key` points at its key instead, `offset` into
    its text. `detail` names the part of a text that is at fault, and tells such faults apart. A fault
    of a tier or of the platform has no manifest but a `subject` and a `source` in the description; a
    fault of a file has a `file`, a line and a column. `severity` and `remediation` replace those of
    the rule.
    """

    message: str
    manifest: Manifest | None = None
    at: View | str = ""
    key: bool = False
    offset: int = 0
    detail: str = ""
    subject: Subject | None = None
    source: Place | None = None
    file: Place | None = None
    severity: Severity | None = None
    remediation: str | None = None
    fix: Fix | None = None

    @property
    def pointer(self) -> str:
        """The JSON pointer of the value at fault within its object."""
        return self.at if isinstance(self.at, str) else self.at.pointer


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding as every report shows it.

    `file` is relative to the root of the check and empty for a tier or the platform; `line` and
    `column` count from 1. `pointer` leads to the value at fault, or to what should hold it where it is
    missing. `source` is the place in the description where the mend goes, `mend` what may be written
    there without further thought. The fingerprint survives reordering, reindenting and moving to
    another file. `environment` is the platform's, where one is known.
    """

    rule: str
    severity: Severity
    message: str
    remediation: str
    subject: Subject | None
    file: str
    line: int
    column: int
    pointer: str
    source: Place | None
    fingerprint: str
    waived: Waiver | None = None
    mend: Mend | None = None
    environment: str = ""

    @property
    def fails(self) -> bool:
        """Whether this finding alone makes a check fail."""
        return self.severity is not Severity.NOTE and self.waived is None

    @property
    def order(self) -> tuple[int, str, int, int, str, str, str]:
        """Most severe first, then by place: the same in every report."""
        return (self.severity.rank, self.file, self.line, self.column, self.rule, self.pointer, self.message)


def fingerprint(rule: str, fault: Fault, subject: Subject | None, environment: str) -> str:
    """A name for a fault by rule, object and value, not by its place in a file or a list.

    An item of a list is named by its `name` or `key`, or else by its content, so that order does
    not matter; figures in the message do not matter either.
    """
    identity: list[object] = [rule, fault.detail, environment]
    if subject is not None:
        group = subject.api_version.rpartition("/")[0]
        identity += [group, subject.kind, subject.namespace, subject.name or _generated(fault)]
    elif fault.file is not None:
        identity += [fault.file.file, fault.message]
    value = fault.manifest.value if fault.manifest is not None else None
    identity += _stable_steps(value, fault.pointer)
    return sha256(json.dumps(identity).encode()).hexdigest()[:16]


def _generated(fault: Fault) -> str:
    """What an object without a name has in its place: the beginning of one, or nothing."""
    return fault.manifest.view.at("metadata", "generateName").text if fault.manifest is not None else ""


def _stable_steps(value: Value, pointer: str) -> Iterator[str]:
    for step in steps(pointer):
        if isinstance(value, list):
            value = value[int(step)] if step.isdecimal() and int(step) < len(value) else None
            yield _item_name(value)
        else:
            value = value.get(step) if isinstance(value, Mapping) else None
            yield step


def _item_name(item: Value) -> str:
    if isinstance(item, Mapping):
        for key in ("name", "key"):
            if isinstance(name := item.get(key), str):
                return f"[{key}={name}]"
    return f"[{sha256(json.dumps(item, sort_keys=True).encode()).hexdigest()[:8]}]"
