"""What stands below a folder."""

from __future__ import annotations

import os
from collections.abc import Iterator


def listing(folder: str | os.PathLike[str]) -> Iterator[tuple[str, bool]]:
    """Yield what stands below `folder`: POSIX path, and whether it is a regular file.

    Folders themselves are left out, as git does; symbolic links are not followed. The order is the
    same on every machine. A folder that does not exist holds nothing; other OSErrors pass through.
    """
    try:
        yield from _below(os.fspath(folder), "")
    except FileNotFoundError as error:
        if error.filename != os.fspath(folder):
            raise


def _below(folder: str, prefix: str) -> Iterator[tuple[str, bool]]:
    with os.scandir(folder) as entries:
        ordered = sorted(entries, key=lambda entry: entry.name)
    for entry in ordered:
        if entry.is_dir(follow_symlinks=False):
            yield from _below(entry.path, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry.is_file(follow_symlinks=False)


def content(folder: str | os.PathLike[str], path: str) -> bytes:
    """Return the bytes of the file at `path` below `folder`, unbuffered because files are small."""
    place = f"{os.fspath(folder)}/{path}"
    with open(place, "rb", buffering=0) as file:  # noqa: PTH123  importing pathlib costs 10 ms
        return file.readall()
