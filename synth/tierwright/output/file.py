"""One text file that is written anew at once."""

import os
import tempfile
from pathlib import Path

from tierwright.output.errors import naming

_NEW_FILE = 0o644


def write(path: Path, text: str) -> None:
    """Put a text in the place of a file at once, so that no half of it is ever seen; its mode stays.

    Raises:
        OutputError: for whatever the file system refuses; the file is then as it was.
    """
    with naming(path):
        mode = path.stat().st_mode if path.exists() else _NEW_FILE
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
                file.write(text)
            Path(temporary).chmod(mode)
            Path(temporary).replace(path)
        except BaseException:
            Path(temporary).unlink(missing_ok=True)
            raise
