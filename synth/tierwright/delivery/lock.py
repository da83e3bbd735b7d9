"""images.lock.yaml as machines write it: a line an image, sorted; a comment stays with its line."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tiered.emitter import emit
from tierwright.description.checks.naming import place
from tierwright.description.files import LOCK_FILE
from tierwright.description.images import Image, ImageLock
from tierwright.description.reading import read

Images = Mapping[str, Mapping[str, Image]]
"""Images by app, of each environment."""

_HEADER = (
    "# yaml-language-server: $schema=.schemas/images.json\n"
    "# Written by machines: which image of each app an environment runs."
    " `digest` is null until the first release."
)
_TRAILING = re.compile(r"\s(#.*)$")
_Key = tuple[str, ...]


@dataclass(frozen=True)
class LockFile:
    """The lock as it stands; one that does not exist yet holds no images."""

    images: Images = field(default_factory=dict)
    above: Mapping[_Key, str] = field(default_factory=dict)
    """Comments and blank lines above an entry; those of `()` end the file."""
    beside: Mapping[_Key, str] = field(default_factory=dict)
    """The comment at the end of an entry's line."""

    @classmethod
    def read(cls, root: Path) -> LockFile:
        """The lock of a project.

        Raises:
            DescriptionError: with every problem of the file.
        """
        path = root / LOCK_FILE
        if not path.exists():
            return cls(above={("version",): _HEADER})
        lock = read(ImageLock, path, root=root)
        return cls(lock.images, *_comments(path.read_text(encoding="utf-8"), lock))

    def changed(self, images: Images) -> LockFile:
        """The lock with other images in the places of those that are named; all others stay."""
        merged = {name: {**self.images.get(name, {}), **new} for name, new in images.items()}
        return LockFile({**self.images, **merged}, self.above, self.beside)

    def text(self) -> str:
        """The file: the same for the same images and comments. Apps are sorted, environments are not."""
        lines: list[str] = []

        def add(key: _Key, line: str) -> None:
            if key in self.above:
                lines.append(self.above[key])
            lines.append(f"{line}  {self.beside[key]}" if key in self.beside else line)

        add(("version",), "version: 1")
        add(("images",), "images:" if self.images else "images: {}")
        for environment, apps in self.images.items():
            add((environment,), f"  {_key(environment)}:" if apps else f"  {_key(environment)}: {{}}")
            for app, image in sorted(apps.items()):
                add((environment, app), f"    {_key(app)}: {_written(image)}")
        return "\n".join([*lines, *([self.above[()]] if () in self.above else []), ""])


def _key(name: str) -> str:
    """A name as a key, in quotes where YAML would take it for something else."""
    return emit({str(name): 0}).partition(": ")[0]


def _written(image: Image) -> str:
    return f"{{tag: {image.tag}, digest: {image.digest or 'null'}}}"


def _comments(text: str, lock: ImageLock) -> tuple[dict[_Key, str], dict[_Key, str]]:
    """What stands above and beside the entries of a lock."""
    keys = _lines(text, lock)
    above: dict[_Key, str] = {}
    beside: dict[_Key, str] = {}
    waiting: list[str] = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip() or line.lstrip().startswith("#"):
            waiting.append(line.rstrip())
            continue
        if number not in keys:
            continue
        key = keys[number]
        if waiting:
            above[key], waiting = "\n".join(waiting), []
        if trailing := _TRAILING.search(line):
            beside[key] = trailing[1].rstrip()
    while waiting and not waiting[-1]:
        waiting.pop()
    if waiting:
        above[()] = "\n".join(waiting)
    return above, beside


def _lines(text: str, lock: ImageLock) -> dict[int, _Key]:
    """The entries by the number of the line that their key stands on; the outermost where several do."""
    inner = {
        place(app, lock.origin).line: (environment, app)
        for environment, apps in lock.images.items()
        for app in reversed(apps)
    }
    middle = {place(name, lock.origin).line: (name,) for name in reversed(lock.images)}
    outer = {
        number: (name,)
        for number, line in enumerate(text.splitlines(), start=1)
        for name in ("version", "images")
        if line.startswith(f"{name}:")
    }
    return {**inner, **middle, **outer}
