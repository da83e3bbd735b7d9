"""One Kubernetes object as it stands in a file."""

from typing import NamedTuple

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import Source


class Subject(NamedTuple):
    """Whom a finding is about: an object, or a tier or the platform (without an apiVersion)."""

    api_version: str
    kind: str
    namespace: str
    name: str

    def __str__(self) -> str:
        """`Kind/namespace/name` or, without a namespace, `Kind/name`: how waivers name it."""
        return "/".join(part for part in (self.kind, self.namespace, self.name) if part)


class Manifest:
    """An object, the file it stands in (relative to the root) and its place in that file.

    `group` is its API group, empty for the core group; `namespace` is as written, empty for none. It is
    `damaged` where values of its document were lost in reading: findings about it would be wrong.
    """

    __slots__ = (
        "_labels", "base", "damaged", "file", "group", "kind", "name", "namespace", "source", "subject",
        "value", "view",
    )  # fmt: skip

    def __init__(self, subject: Subject, value: dict[str, Value], source: Source, base: str = "") -> None:
        self.subject = subject
        self.value = value
        self.source = source
        self.base = base
        self.view = View(value)
        self.file = source.file
        api_version, self.kind, self.namespace, self.name = subject
        self.group = api_version.rpartition("/")[0]
        problems = source.problems
        self.damaged = bool(problems) and any(each.kind != "duplicate-key" for each in problems)
        self._labels: dict[str, str] | None = None

    @property
    def labels(self) -> dict[str, str]:
        """The object's own labels."""
        if self._labels is None:
            self._labels = self.view.at("metadata", "labels").labels
        return self._labels

    def position(self, pointer: str, *, key: bool = False, offset: int = 0) -> tuple[int, int]:
        """Line and column, from 1, of a value of this object; see Source.position."""
        return self.source.position(self.base + pointer, key=key, offset=offset)


def manifest_of(value: dict[str, Value], source: Source, base: str = "") -> Manifest:
    """The object that a mapping with apiVersion and kind describes."""
    metadata = value.get("metadata")
    names = metadata if isinstance(metadata, dict) else {}
    subject = Subject(
        _text(value.get("apiVersion")),
        _text(value.get("kind")),
        _text(names.get("namespace")),
        _text(names.get("name")),
    )
    return Manifest(subject, value, source, base)


def _text(value: Value) -> str:
    return value if isinstance(value, str) else ""
