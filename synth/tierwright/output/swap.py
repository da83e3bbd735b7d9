"""Replaces a whole folder at once: everybody sees the old tree or the new one, never a mixture.

The new tree is written beside the target, as `.<name>.new-<random>`, and brought to disk; then one
system call exchanges the two names: `renameat2(RENAME_EXCHANGE)` on Linux, `renamex_np(RENAME_SWAP)`
on macOS. Where the kernel, the C library or the file system has neither, the best that is possible
is two renames: between them the target is missing, and its old tree stands whole in
`.<name>.old-<random>`, from where `recover` brings it back. Hold the project's lock around both
functions: what a killed run left behind cannot be told from what a running one needs.
"""

import ctypes
import errno
import os
import re
import shutil
import sys
from pathlib import Path

from tierwright.output.errors import OutputError, naming
from tierwright.output.tree import Tree, write

_AT_FDCWD = -100  # linux/fcntl.h: paths are relative to the working folder
_EXCHANGE = 2  # linux/fs.h RENAME_EXCHANGE, and RENAME_SWAP of macOS' sys/stdio.h
# Old container sandboxes answer EPERM to calls they do not know.
_UNSUPPORTED = {errno.ENOSYS, errno.EINVAL, errno.ENOTSUP, errno.EOPNOTSUPP, errno.EPERM}


def recover(target: Path) -> None:
    """Undo what a killed `replace` left half done: call it before anything reads `target`.

    A target that was caught between two renames comes back, and what is left over beside it goes.

    Raises:
        OutputError: for whatever the file system refuses.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100  resolve() would follow a link
    pattern = re.compile(rf"\.{re.escape(target.name)}\.(new|old)-[0-9a-f]{{8}}")
    with naming(target.parent):
        if not target.parent.is_dir():
            return
        for path in sorted(target.parent.iterdir()):
            found = pattern.fullmatch(path.name)
            if found and found[1] == "old" and not target.exists():
                path.rename(target)
            elif found:
                shutil.rmtree(path)


def replace(target: Path, tree: Tree) -> None:
    """Make `target` hold exactly `tree`, all or nothing, whatever it held before.

    Whoever stands in a subfolder of the old tree, a shell for example, has to enter it again.

    Raises:
        OutputError: when `target` is a link, a file or a mount point, and for whatever the file
            system refuses. Target then holds the whole old tree, or the whole new one where only
            the clearing up failed.
    """
    target = Path(os.path.abspath(target))  # noqa: PTH100  resolve() would follow a link
    token = os.urandom(4).hex()
    new = _beside(target, "new", token)
    with naming(target):
        if target.is_symlink() or (target.exists() and not target.is_dir()):
            raise OutputError(
                path=target,
                reason="not a folder, but a symbolic link or a file",
                mend="Remove it, or choose another output folder",
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        recover(target)
        try:
            write(tree, new)
            _to_disk(new)
            if not target.exists():
                new.rename(target)
            elif not _exchange(new, target):
                target.rename(_beside(target, "old", token))
                new.rename(target)
            _sync(target.parent)
        finally:
            recover(target)


def _beside(target: Path, age: str, token: str) -> Path:
    return target.with_name(f".{target.name}.{age}-{token}")


def _exchange(one: Path, other: Path) -> bool:
    """Exchange two names in one step; False where this system cannot."""
    libc = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    if sys.platform == "darwin":
        failed = libc.renamex_np(*names, ctypes.c_uint(_EXCHANGE))
    elif hasattr(libc, "renameat2"):
        failed = libc.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], ctypes.c_uint(_EXCHANGE))
    else:
        return False
    if not failed:
        return True
    number = ctypes.get_errno()
    if number in _UNSUPPORTED:
        return False
    raise OSError(number, os.strerror(number), str(other))


def _to_disk(folder: Path) -> None:
    """Bring all of `folder` to disk, so that a power cut after the exchange finds it whole.

    Linux does that for a file system in one call, which takes a fraction of the time of a call per file.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if not hasattr(libc, "syncfs"):
        for parent, _, names in os.walk(folder):
            for name in names:
                _sync(Path(parent, name))
            _sync(Path(parent))
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        if libc.syncfs(handle):
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
