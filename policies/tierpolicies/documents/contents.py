"""Where the bytes of a tree come from: a folder on disk, or memory, as a commit's files do."""

import errno
import os
import stat
from collections.abc import Callable, Mapping
from pathlib import Path

Contents = Callable[[str], bytes]
"""The bytes of a file by its name below the tree's root; raises OSError where they cannot be had."""

MOST_BYTES = 32 << 20
"""What a file may hold: ten times what Kubernetes takes in one request."""

# A pipe without a writer must not block whoever opens it; Windows knows no such thing.
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def on_disk(root: Path) -> Contents:
    """The files below a folder; what is no plain file, or too large a one, cannot be had."""
    prefix = os.path.join(root, "")  # noqa: PTH118 (ten times faster than Path on thousands of files)
    return lambda file: _read(prefix + file)


def in_memory(files: Mapping[str, bytes]) -> Contents:
    """Files that were read already."""

    def held(file: str) -> bytes:
        if file not in files:
            raise FileNotFoundError(file)
        if len(files[file]) > MOST_BYTES:
            raise _too_large()
        return files[file]

    return held


def _read(path: str) -> bytes:
    opened = os.open(path, _READ)
    try:
        status = os.fstat(opened)
        if stat.S_ISDIR(status.st_mode):
            os.listdir(path)  # noqa: PTH208 (it is asked for the error why the folder could not be listed)
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        if not stat.S_ISREG(status.st_mode):
            raise OSError(errno.EINVAL, "neither a file nor a folder")
        return _whole(opened, status.st_size)
    finally:
        os.close(opened)


def _whole(opened: int, size: int) -> bytes:
    """Everything in a file, which may hold more than it says, as those of /proc do."""
    if size <= MOST_BYTES:
        data = os.read(opened, size + 1)
        if size and len(data) == size:
            return data
        parts, size = [data], len(data)
        while data and size <= MOST_BYTES:
            data = os.read(opened, 1 << 16)
            parts.append(data)
            size += len(data)
        if not data:
            return b"".join(parts)
    raise _too_large()


def _too_large() -> OSError:
    return OSError(errno.EFBIG, f"it is larger than {MOST_BYTES >> 20} MiB")
