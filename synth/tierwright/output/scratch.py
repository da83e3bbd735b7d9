"""Where a synth lays what is to be judged, and what killed ones left there."""

import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tierwright.output.errors import naming


@contextmanager
def scratch(project: Path) -> Iterator[Path]:
    """A new folder for the time of the block, on the project's own disk: a shared one can be full or slow.

    Its name, `.tierwright/judging-<process>-<random>`, tells the next synth whether somebody still
    needs it: those of processes that are gone go too.

    Raises:
        OutputError: for whatever the file system refuses.
    """
    parent = project / ".tierwright"
    with naming(parent):
        parent.mkdir(exist_ok=True)
        for path in parent.iterdir():
            left = re.fullmatch(r"judging-(\d+)-\w+", path.name)
            if left and not _runs(int(left[1])):
                shutil.rmtree(path, ignore_errors=True)  # another synth may be clearing up as well
        with tempfile.TemporaryDirectory(prefix=f"judging-{os.getpid()}-", dir=parent) as folder:
            place = Path(folder, "dist")
            place.mkdir()
            yield place


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)  # signal 0 reaches nobody; it only asks
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:  # somebody else's
        return True
    return True
