"""Which files of a folder are read, and how they are called where control characters do no harm."""

import os
import re
from pathlib import Path

SUFFIXES = (".yaml", ".yml", ".json")

_HARMFUL = "[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]"  # compiled when there is such a name


def is_read(file: str) -> bool:
    """Whether `listed` tells of a file below its folder."""
    return file.endswith(SUFFIXES) and not any(part.startswith(".") for part in file.split("/")[:-1])


def listed(folder: Path, root: Path) -> list[str]:
    """The names, from a root, of the files to read below a folder, in order; or of a single file.

    Hidden folders and symbolic links to folders are passed over. A folder that cannot be listed stands
    for what is in it: reading it will tell why.
    """
    prefix = os.path.relpath(folder, root).replace(os.sep, "/")
    if not folder.is_dir():
        return [prefix]
    found: list[str] = []
    waiting = [(str(folder), "" if prefix == "." else f"{prefix}/")]
    while waiting:
        path, prefix = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if not entry.name.startswith("."):
                            waiting.append((entry.path, f"{prefix}{entry.name}/"))
                    elif entry.name.endswith(SUFFIXES) and not _leads_to_folder(entry):
                        found.append(prefix + entry.name)
        except OSError:
            found.append(prefix.removesuffix("/") or ".")
    return sorted(found)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_symlink() and entry.is_dir()
    except OSError:
        return False  # it leads round in circles, as reading it will tell


def shown(file: str) -> str:
    """A name as reports may show it: what would break a line, or is no text at all, as an escape."""
    if file.isprintable():
        return file
    return re.sub(_HARMFUL, lambda match: match[0].encode("unicode_escape").decode(), file)
