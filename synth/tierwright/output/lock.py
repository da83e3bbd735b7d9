"""One synth at a time in one project."""

import fcntl
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tierwright.output.errors import OutputError, naming

_PAUSE = 0.05  # seconds between two attempts


@contextmanager
def locked(project: Path, *, waiting: Callable[[str], None], timeout: float = 60.0) -> Iterator[None]:
    """Hold the project's lock, `.tierwright/lock`, for the block.

    The kernel frees it when its holder dies, so the file may stay and never needs to be removed.

    Args:
        project: The project's root folder.
        waiting: Called once, with a sentence for a person, when another process holds the lock.
        timeout: Seconds to wait for that process.

    Raises:
        OutputError: when it still holds the lock then, and for whatever the file system refuses.
    """
    path = project / ".tierwright" / "lock"
    with naming(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
    try:
        with naming(path):
            _acquire(handle, path, waiting, timeout)
            os.ftruncate(handle, 0)
            os.pwrite(handle, str(os.getpid()).encode(), 0)
        yield
    finally:
        with naming(path):
            os.close(handle)


def _acquire(handle: int, path: Path, waiting: Callable[[str], None], timeout: float) -> None:
    told = False
    deadline = time.monotonic() + timeout
    while True:
        try:
            return fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid = os.pread(handle, 20, 0).decode(errors="replace")
            holder = f"process {pid}" if pid else "another process"
        if time.monotonic() >= deadline:
            raise OutputError(
                path=path,
                reason=f"{holder} has held this lock for more than {timeout:g} s",
                mend=f"Wait until {holder} ends, or end it, and run again",
            )
        if not told:
            waiting(f"Waiting for {holder}, which holds {path}")
            told = True
        time.sleep(_PAUSE)
