"""What the files of a folder held when they were last checked, so that nothing is read twice.

An entry is found by a strong hash of a file's bytes: what is found there is what reading the same bytes
again would tell. All entries of a folder are one file below the user's cache folder, not in the folder
that is checked: what lies there may come from anybody, and must not say what a check has found. It is
written as a whole and takes the place of the one before at once. One that is damaged, was written by
other code, or belongs to another user counts as none. It may be deleted at any time.

The file is plain data by `marshal`, as Python's own compiled modules are: no code in it is ever run.
"""

import hashlib
import marshal
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache as once
from importlib.util import find_spec
from pathlib import Path
from typing import cast

from tierpolicies.documents.nodes import Document, Problem, Value
from tierpolicies.documents.scalars import Scalar

_MAGIC = b"tierwright cache\n"
_DIGEST = 32
_MOST_FILE = 1 << 20
"""Bytes of a file whose content is kept."""
_MOST_PACK = 64 << 20
_MOST_PACKS = 64
_MOST_NOTES = 3
"""Settings, the last ones used, by which something more is kept of a content."""

Plain = Scalar | bytes | tuple["Plain", ...] | list["Plain"] | dict[str, "Plain"]
"""What may be kept beside documents."""

_Plain = tuple[Value, int, int, int, int, tuple[tuple[str, str, str, int, int], ...], str | None, bool]
_Entry = tuple[bytes, dict[bytes, bytes]]
"""Documents and, by settings, whatever else was told of them; each as marshal writes it."""


def content_of(data: bytes, *, is_json: bool) -> bytes:
    """The name of what a file holds, empty for one too large to be kept."""
    if len(data) > _MOST_FILE:
        return b""
    return hashlib.blake2b(data, digest_size=_DIGEST, person=b"json" if is_json else b"yaml").digest()


class Cache:
    """The entries of one folder: those of the last check, and those of this one.

    Only what this check asked for or told is saved, so that a cache grows no larger than its folder.
    """

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._old = _loaded(file) if file is not None else {}
        self._new: dict[bytes, _Entry] = {}
        self._is_changed = False

    def documents(self, content: bytes) -> list[Document] | None:
        """The documents of a content, made anew for each file that asks; nothing where it is not known."""
        entry = self._entry(content)
        if entry is None:
            return None
        return [_document(plain) for plain in cast("list[_Plain]", marshal.loads(entry[0]))]  # noqa: S302 (as above)

    def keep(self, content: bytes, documents: list[Document]) -> None:
        """Takes note of the documents of a content."""
        if content:
            self._new[content] = marshal.dumps([_plain(document) for document in documents]), {}
            self._is_changed = True

    def noted(self, content: bytes, settings: bytes) -> object:
        """What was told of a content by some settings, or None; plain data that is the caller's own."""
        entry = self._entry(content)
        if entry is None or settings not in entry[1]:
            return None
        kept = entry[1][settings]
        if next(reversed(entry[1])) != settings:
            entry[1][settings] = entry[1].pop(settings)  # the last one used goes last
            self._is_changed = True
        return cast("object", marshal.loads(kept))  # noqa: S302 (as above)

    def note(self, content: bytes, settings: bytes, told: Plain) -> None:
        """Takes note of something plain about a content that is kept: what marshal can write, not None.

        `settings` name everything else that it depends on, the code that told it included.
        """
        entry = self._entry(content)
        if entry is None:
            return
        entry[1].pop(settings, None)
        entry[1][settings] = marshal.dumps(told)
        while len(entry[1]) > _MOST_NOTES:
            del entry[1][next(iter(entry[1]))]
        self._is_changed = True

    def save(self) -> None:
        """Writes what this check used, if that is not what is there already; fails without a word."""
        if self._file is not None and (self._is_changed or len(self._new) != len(self._old)):
            with suppress(OSError, ValueError):
                _write(self._file, self._new)

    def _entry(self, content: bytes) -> _Entry | None:
        entry = self._new.get(content)
        if entry is None and (entry := self._old.get(content)) is not None:
            self._new[content] = entry
        return entry


@contextmanager
def cache_of(folder: Path) -> Iterator[Cache]:
    """The cache of a folder, which is saved in the end; where none can be kept it is empty each time."""
    home = _home()
    cache = Cache(home / _name(folder) if home is not None else None)
    yield cache
    cache.save()


def _home() -> Path | None:
    """The user's folder for caches, by the XDG Base Directory Specification."""
    given = os.environ.get("XDG_CACHE_HOME", "")
    if os.path.isabs(given):  # noqa: PTH117 (a relative one is to be ignored)
        return Path(given, "tierwright")
    home = os.path.expanduser("~")  # noqa: PTH111 (Path.home raises where there is none)
    return Path(home, ".cache", "tierwright") if os.path.isabs(home) else None  # noqa: PTH117 (as above)


def _name(folder: Path) -> str:
    return f"{hashlib.blake2b(os.fsencode(os.path.realpath(folder)), digest_size=16).hexdigest()}.pack"


@once
def _key() -> bytes:
    """Everything but the bytes of a file that its documents depend on: the code that reads them."""
    known = hashlib.blake2b(f"{sys.version} {marshal.version}".encode(), digest_size=_DIGEST)
    yaml = find_spec("yaml")  # found, not imported: that takes 12 ms
    sources = sorted(Path(__file__).parent.glob("*.py"))
    if not sources:
        return os.urandom(_DIGEST)  # nothing tells one version from another: what is kept is never found
    for source in [*sources, *([Path(yaml.origin)] if yaml is not None and yaml.origin else [])]:
        known.update(source.name.encode() + b"\0" + source.read_bytes())
    return known.digest()


def _loaded(file: Path) -> dict[bytes, _Entry]:
    """The entries of a file that this user wrote with this code; none of any other."""
    try:
        opened = os.open(file, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
        with os.fdopen(opened, "rb") as stream:
            status = os.fstat(opened)
            if not _is_own(status) or status.st_size > 2 * _MOST_PACK:
                return {}
            data = stream.read()
    except OSError:
        return {}
    head = _MAGIC + _key()
    entries = data[len(head) + _DIGEST :]
    if not data.startswith(head) or data[len(head) : len(head) + _DIGEST] != _digest(entries):
        return {}
    return cast("dict[bytes, _Entry]", marshal.loads(entries))  # noqa: S302 (this code wrote it: see above)


def _is_own(status: os.stat_result) -> bool:
    """Whether nobody but this user can have written a file, as far as the system tells."""
    user = getattr(os, "geteuid", None)
    return stat.S_ISREG(status.st_mode) and (
        user is None or (status.st_uid == user() and not status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))
    )


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def _write(file: Path, entries: dict[bytes, _Entry]) -> None:
    """Puts a new file in the place of the one before; a process that dies meanwhile leaves it alone."""
    size = 0
    for content, (documents, notes) in list(entries.items()):
        size += len(documents) + sum(map(len, notes.values()))
        if size > _MOST_PACK:
            del entries[content]
    data = marshal.dumps(entries)
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = file.with_name(f"{file.name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        opened = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(opened, "wb") as stream:
            stream.write(_MAGIC + _key() + _digest(data) + data)
        fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    _tidy(file.parent)


def _tidy(home: Path) -> None:
    """Keeps the caches of the folders that were checked last, and nothing that a dead process left."""
    with os.scandir(home) as entries:
        newest = sorted(entries, key=lambda entry: entry.stat().st_mtime, reverse=True)
    for entry in newest[_MOST_PACKS:]:
        os.unlink(entry.path)  # noqa: PTH108 (an entry has a path of its own)


def _plain(document: Document) -> _Plain:
    value, start, end, first_line, number, problems, guessed_kind, by_lines = document
    told = tuple((each.kind, each.message, each.mend, each.line, each.column) for each in problems)
    return value, start, end, first_line, number, told, guessed_kind, by_lines


def _document(plain: _Plain) -> Document:
    value, start, end, first_line, number, told, guessed_kind, by_lines = plain
    problems = tuple(Problem(*each) for each in told) if told else ()
    return Document(value, start, end, first_line, number, problems, guessed_kind, by_lines)
