"""What is to be written and deleted in a repository: all of it, or nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tierwright.output.errors import naming

REMOVED = Path(".tierwright", "removed")


@dataclass(frozen=True)
class Changes:
    """New texts of files by path below the root, and the folders that go with all that is in them.

    What goes lies in `.tierwright/removed` until something else goes: nobody may have committed it.
    """

    texts: Mapping[str, str]
    gone: frozenset[str] = field(default=frozenset())

    def told(self, root: Path) -> list[str]:
        """A line for each file that is written and each folder that goes."""
        written = [f"{'changed' if (root / name).exists() else 'new':8}{name}" for name in sorted(self.texts)]
        return [*written, *(f"{'deleted':8}{name}/" for name in sorted(self.gone))]

    def apply(self, root: Path) -> None:
        """Carry them out; whatever fails on the way, the repository is then what it was before.

        Raises:
            OutputError: for whatever the file system refuses.
        """
        with naming(root), _undoing() as undo:
            if self.gone and (root / REMOVED).exists():
                shutil.rmtree(root / REMOVED)
            for name in sorted(self.gone):
                (root / REMOVED / name).parent.mkdir(parents=True, exist_ok=True)
                _move(root / name, root / REMOVED / name, undo)
            for name, text in sorted(self.texts.items()):
                _put(root / name, text, undo)


class _Undo:
    """Moves that can be taken back: each is the place of now and the place of before, if there was one."""

    def __init__(self) -> None:
        self.moved: list[tuple[Path, Path]] = []
        self.made: list[Path] = []

    def back(self) -> None:
        for path in reversed(self.made):
            if path.is_dir():
                path.rmdir()
            elif path.exists():
                path.unlink()
        for now, before in reversed(self.moved):
            now.replace(before)

    def forget(self) -> None:
        """Delete the former texts of files; folders that went stay where they can be found."""
        for now, before in self.moved:
            if not now.is_dir():
                now.unlink()
            _without_empty(before.parent)


@contextmanager
def _undoing() -> Iterator[_Undo]:
    undo = _Undo()
    try:
        yield undo
    except BaseException:
        undo.back()
        raise
    undo.forget()


def _move(path: Path, place: Path, undo: _Undo) -> None:
    path.rename(place)
    undo.moved.append((place, path))


def _put(path: Path, text: str, undo: _Undo) -> None:
    for folder in reversed([each for each in path.parents if not each.exists()]):
        folder.mkdir()
        undo.made.append(folder)
    mode = path.stat().st_mode if path.exists() else None
    new = path.with_name(f".{path.name}.new-{os.urandom(4).hex()}")
    undo.made.append(new)
    new.write_bytes(text.encode())
    if mode is not None:
        new.chmod(mode)
        _move(path, path.with_name(f".{path.name}.old-{os.urandom(4).hex()}"), undo)
    new.rename(path)
    undo.made[-1] = path


def _without_empty(folder: Path) -> None:
    """Git keeps no empty folder: one that lost its last file goes too."""
    while not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
