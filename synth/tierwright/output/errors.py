"""What can go wrong between the generated files and the disk, said so that a person can mend it."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager

_MENDS = {
    errno.ENOSPC: "Free some space and run again",
    errno.EDQUOT: "Free some of your quota and run again",
    errno.EROFS: "Mount the file system writable, or choose another output folder",
    errno.EACCES: "Give your user the right to read and write it and its folder",
    errno.EPERM: "Give your user the right to read and write it and its folder",
    errno.EBUSY: "It is a mount point or in use: mount its parent folder instead, or free it",
    errno.EXDEV: "It is a mount point: mount its parent folder instead",
    errno.ENAMETOOLONG: "Shorten the name of the object that the file is for",
    errno.EEXIST: "Remove it, or choose another output folder",
    errno.ENOTDIR: "Remove the file that stands where a folder is needed",
    errno.EISDIR: "Remove the folder that stands where a file is needed",
    errno.ENOLCK: "Use a file system with locks: this one has none",
}


class OutputError(Exception):
    """Output could not be read, written or exchanged: `path`, the `reason`, and how to `mend` it."""

    def __init__(self, *, path: str | os.PathLike[str], reason: str, mend: str) -> None:
        self.path = os.fspath(path)
        self.reason = reason
        self.mend = mend
        super().__init__(f"{self.path}: {reason}. {mend}.")


@contextmanager
def naming(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn an OSError of the block into an OutputError about its own file, or else about `path`."""
    try:
        yield
    except OSError as error:
        raise OutputError(
            path=error.filename if isinstance(error.filename, str) else path,
            reason=error.strerror or str(error),
            mend=_MENDS.get(error.errno or 0, "Mend what the reason names and run again"),
        ) from error
