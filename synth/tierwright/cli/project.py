"""Where the project is that a command is about: the user may stand anywhere inside of it."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tierwright.description.files import PLATFORM_FILE
from tierwright.output.errors import naming

DIST = Path("dist")


def root() -> Path:
    """The nearest folder upwards that holds a description, else the present one; tells if it is another."""
    with naming("the present folder"):
        here = Path.cwd()
    found = next((each for each in (here, *here.parents) if (each / PLATFORM_FILE).exists()), here)
    if found != here:
        print(f"project: {found}", file=sys.stderr)
    return found


def enter(output: Path | None = None) -> tuple[Path, Path]:
    """Go to the project's folder: a synth replaces folders, and may replace the one the user stands in.

    Returns that folder, and from there the output folder that the user named from where they stood.
    """
    found = root()
    if output is not None and not output.is_absolute() and found != Path.cwd():
        output = Path(os.path.relpath(output, found))
    os.chdir(found)
    return found, output or DIST


def dist() -> Path:
    """The project's output folder, as seen from where the user stands."""
    return Path(os.path.relpath(root() / DIST))
