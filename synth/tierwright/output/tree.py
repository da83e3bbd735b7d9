"""The desired files of a whole output folder, before they are on disk and after."""

import os
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from tierwright.output.errors import OutputError, naming
from tierwright.output.listing import content, listing

_NOWHERE = {"", ".", ".."}


@dataclass(frozen=True)
class Tree:
    """Files by their POSIX path relative to the tree's root, in order of path.

    Raises:
        OutputError: for a path that is absolute or leaves the tree, and for two paths that some file
            system cannot hold side by side: macOS ignores case and Unicode form, and nothing is both
            a file and a folder.
    """

    files: Mapping[str, bytes]

    def __post_init__(self) -> None:
        taken: dict[str, str] = {}
        for path in self.files:
            parts = path.split("/")
            if not _NOWHERE.isdisjoint(parts) or "\\" in path or not path.isprintable():
                raise OutputError(
                    path=path,
                    reason="a path in the tree is relative, with '/' between plain names",
                    mend="Leave out '..', '.', '\\', control characters and empty names",
                )
            for end in range(1, len(parts) + 1):
                place = "/".join(parts[:end]) + "/" * (end < len(parts))
                alike = unicodedata.normalize("NFC", place.rstrip("/")).casefold()
                if (other := taken.setdefault(alike, place)) != place:
                    raise OutputError(
                        path=path,
                        reason=f"{place!r} and {other!r} are one place on some file systems",
                        mend="Rename the object that one of them is for",
                    )
        ordered = {path: bytes(self.files[path]) for path in sorted(self.files)}
        object.__setattr__(self, "files", MappingProxyType(ordered))


def write(tree: Tree, folder: Path) -> None:
    """Write `tree` as the new folder `folder`; modes follow the umask.

    Raises:
        OutputError: when `folder` exists already, and for whatever the file system refuses.
    """
    with naming(folder):
        folder.mkdir(parents=True)
        made = {""}
        base = os.fspath(folder)
        for path, held in tree.files.items():
            parent = path.rpartition("/")[0]
            if parent not in made:
                (folder / parent).mkdir(parents=True, exist_ok=True)
                made.add(parent)
            # Half the time of Path.write_bytes, which counts for thousands of files.
            with open(f"{base}/{path}", "xb", buffering=0) as file:  # noqa: PTH123
                file.write(held)


def read(folder: Path) -> Tree:
    """Read the files below `folder`; one that does not exist is an empty tree.

    Raises:
        OutputError: for what is neither file nor folder, and for whatever cannot be read.
    """
    files = {}
    with naming(folder):
        for path, regular in listing(folder):
            if not regular:
                raise OutputError(
                    path=folder / path,
                    reason="neither a file nor a folder",
                    mend="Remove it: generated output holds nothing else",
                )
            files[path] = content(folder, path)
    return Tree(files)
