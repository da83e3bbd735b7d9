"""The Python of the images: their locked packages and no others, as those of tests would take memory."""

from __future__ import annotations

import os
import subprocess
import venv
from pathlib import Path

from tests.servers.process import REPOSITORY


class Programs:
    """An environment with the packages of all images, whose locks agree.

    Args:
        folder: where it is made.
    """

    def __init__(self, folder: Path) -> None:
        venv.create(folder, with_pip=True)
        locks = [
            word
            for lock in sorted(REPOSITORY.glob("apps/**/requirements.txt"))
            for word in ("--requirement", str(lock))
        ]
        pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install"]
        subprocess.run([*pip, "--quiet", "--quiet", "--no-deps", "--require-hashes", *locks], check=True)
        self._path = os.pathsep.join((str(folder / "bin"), os.environ.get("PATH", os.defpath)))

    def running(self, command: list[str]) -> list[str]:
        """A command that finds its programs there."""
        return ["env", f"PATH={self._path}", *command]
