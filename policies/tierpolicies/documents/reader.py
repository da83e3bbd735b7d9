"""Reads a tree of manifests; whatever cannot be read becomes a fault and hides nothing else."""

import errno
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from tierpolicies.documents.cache import Cache, content_of
from tierpolicies.documents.contents import Contents, in_memory, on_disk
from tierpolicies.documents.listing import is_read, listed, shown
from tierpolicies.documents.manifest import Manifest, manifest_of
from tierpolicies.documents.nodes import Problem, Value
from tierpolicies.documents.original import Original
from tierpolicies.documents.purpose import holds_objects, is_plain_data, purpose_of, told
from tierpolicies.documents.yaml_source import Source, documents

__all__ = ["Tree", "Unreadable", "is_read", "read", "read_files"]

_OBJECTS = ("apiVersion", "kind", "metadata", "spec")
"""Fields of which an object has at least one, though it may lack others."""


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A problem of a file: where, and what is wrong.

    `hides` says that an object may stand there that nobody can read, `kind` what it seems to be.
    """

    file: str
    problem: Problem
    hides: bool = False
    kind: str | None = None


@dataclass(frozen=True, slots=True)
class Tree:
    """All objects below a folder, in the order of their files, and what could not be read.

    `files` are the files looked at, `folders` their folders, both relative to the folder read.
    `unread_kinds` are the kinds, as far as one can tell, of objects that could not be read whole.
    """

    manifests: tuple[Manifest, ...]
    unreadable: tuple[Unreadable, ...]
    files: tuple[str, ...]
    unread_kinds: frozenset[str | None] = frozenset()

    @property
    def folders(self) -> frozenset[str]:
        """Every folder that holds a file, at any depth."""
        found = {file.rpartition("/")[0] for file in self.files}
        for folder in tuple(found):
            found |= {parent.as_posix() for parent in PurePosixPath(folder).parents}
        return frozenset(found) - {"", "."}


def read(folder: Path, *, root: Path | None = None, cache: Cache | None = None) -> Tree:
    """Reads every `*.yaml`, `*.yml` and `*.json` below a folder (or a single file).

    File names are told relative to `root`, by default the folder itself. Hidden folders and
    symbolic links to folders are passed over. A `cache` is asked for what files held before, and is told
    what is new; whoever opened it saves it. Never raises for what the files hold.
    """
    root = root or (folder if folder.is_dir() else folder.parent)
    return _read(listed(folder, root), on_disk(root), cache)


def read_files(files: Mapping[str, bytes], *, cache: Cache | None = None) -> Tree:
    """Reads files that are held in memory, whatever their names, as `read` does a folder."""
    return _read(sorted(files), in_memory(files), cache)


def _read(names: Iterable[str], contents: Contents, cache: Cache | None) -> Tree:
    manifests: list[Manifest] = []
    unreadable: list[Unreadable] = []
    files = []
    for name in names:
        file = shown(name)
        files.append(file)
        for found in _read_file(name, file, contents, cache):
            if isinstance(found, Manifest):
                manifests.append(found)
            else:
                unreadable.append(found)
    unread = {each.kind for each in unreadable if each.hides}
    unread |= {each.kind for each in manifests if each.damaged}
    return Tree(tuple(manifests), tuple(unreadable), tuple(files), frozenset(unread))


def _read_file(
    name: str, file: str, contents: Contents, cache: Cache | None
) -> Iterator[Manifest | Unreadable]:
    try:
        data = contents(name)
        sources = _sources(data, file, cache)
    except OSError as error:
        reason = error.strerror or str(error)
        mend = "Split the file." if error.errno == errno.EFBIG else "Make the file readable."
        yield _fault(file, "unreadable", f"cannot be read: {reason}", mend)
        return
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        yield _fault(file, "encoding", "is not UTF-8 text", "Save the file as UTF-8.", line)
        return
    for source in sources:
        for problem in told(source.problems, source.text) if source.problems else ():
            yield Unreadable(file, problem, hides=source.value is None, kind=source.guessed_kind)
        if source.value is not None:
            yield from _objects(source.value, source, "")


def _sources(data: bytes, file: str, cache: Cache | None) -> list[Source]:
    is_json = file.endswith(".json")
    content = content_of(data, is_json=is_json) if cache is not None else b""
    found = cache.documents(content) if cache is not None else None
    original = Original(data, is_json=is_json)
    if found is None:
        is_data = is_json and is_plain_data(original.text, file)
        found = [] if is_data else documents(original.text, is_json=is_json)
        if cache is not None:
            cache.keep(content, found)
    return [Source(file, document, original, content) for document in found]


def _objects(
    value: Value, source: Source, base: str, inherited: dict[str, Value] | None = None
) -> Iterator[Manifest | Unreadable]:
    if not isinstance(value, dict):
        if not source.file.endswith(".json") or holds_objects(value):
            yield _at(source, base, "not-an-object", "a document that is not a mapping")
        return
    if inherited:
        value = {**inherited, **value}
    missing = [key for key in ("apiVersion", "kind") if not _is_name(value.get(key))]
    if len(missing) == 2 and source.file.endswith(".json"):
        return
    if missing:
        yield _at(source, base, "not-an-object", f"an object without {' and '.join(missing)}", value)
        return
    items = value.get("items")
    kind = str(value["kind"])
    if items is None and kind == "List":
        return  # how some programs write an empty one
    if kind.endswith("List") and isinstance(items, list) and not _is_named(value):
        # Items of a List bring their own type, those of a PodList need not.
        item_kind = kind.removesuffix("List")
        typed: dict[str, Value] = {"apiVersion": value["apiVersion"], "kind": item_kind} if item_kind else {}
        for index, item in enumerate(items):
            yield from _objects(item, source, f"{base}/items/{index}", typed)
        return
    yield manifest_of(value, source, base)


def _is_named(value: dict[str, Value]) -> bool:
    """Whether an object has a name, which a list of objects has not."""
    metadata = value.get("metadata")
    return isinstance(metadata, dict) and bool(metadata.get("name"))


def _is_name(value: Value) -> bool:
    return isinstance(value, str) and bool(value)


def _at(
    source: Source, base: str, kind: str, message: str, value: dict[str, Value] | None = None
) -> Unreadable:
    line, column = source.position(base)
    purpose = purpose_of(source.file)
    mend = purpose or "Write a Kubernetes object with apiVersion and kind, or keep the file elsewhere."
    guess = (value or {}).get("kind")
    return Unreadable(
        source.file,
        Problem(kind, message, mend, line, column),
        hides=not purpose and value is not None and not value.keys().isdisjoint(_OBJECTS),
        kind=guess if isinstance(guess, str) and guess else None,
    )


def _fault(file: str, kind: str, message: str, mend: str, line: int = 1) -> Unreadable:
    return Unreadable(file, Problem(kind, message, mend, line, 1), hides=True)
