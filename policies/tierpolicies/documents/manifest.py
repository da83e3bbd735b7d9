"""One Kubernetes object as it stands in a file."""

from dataclasses import dataclass, field
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


@dataclass(frozen=True, slots=True, eq=False)
class Manifest:
    """An object, the file it stands in (relative to the root) and its place in that file."""

    subject: Subject
    value: dict[str, Value]
    source: Source
    base: str = ""
    view: View = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "view", View(self.value))

    @property
    def file(self) -> str:
        """The file, relative to the root."""
        return self.source.file

    @property
    def damaged(self) -> bool:
        """Whether values of its document were lost in reading: findings about it would be wrong."""
        return any(problem.kind != "duplicate-key" for problem in self.source.problems)

    @property
    def kind(self) -> str:
        """The kind."""
        return self.subject.kind

    @property
    def name(self) -> str:
        """The name."""
        return self.subject.name

    @property
    def namespace(self) -> str:
        """The namespace as written; empty for objects without one."""
        return self.subject.namespace

    @property
    def group(self) -> str:
        """The API group; empty for the core group."""
        group, slash, _ = self.subject.api_version.rpartition("/")
        return group if slash else ""

    @property
    def labels(self) -> dict[str, str]:
        """The object's own labels."""
        return self.view.at("metadata", "labels").labels

    def position(self, pointer: str, *, key: bool = False, offset: int = 0) -> tuple[int, int]:
        """Line and column, from 1, of a value of this object; see Source.position."""
        return self.source.position(self.base + pointer, key=key, offset=offset)


def manifest_of(value: dict[str, Value], source: Source, base: str = "") -> Manifest:
    """The object that a mapping with apiVersion and kind describes."""
    view = View(value)
    metadata = view["metadata"]
    subject = Subject(
        view["apiVersion"].text,
        view["kind"].text,
        metadata["namespace"].text,
        metadata["name"].text,
    )
    return Manifest(subject, value, source, base)
