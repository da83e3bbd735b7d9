"""`tierwright schema`: the JSON Schemas of the description, for editors."""

from __future__ import annotations

from pathlib import Path

from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN
from tierwright.description.schema import write
from tierwright.output.errors import naming


def run(folder: Path) -> int:
    """Write the schemas into `folder`; returns the exit code."""
    with naming(folder):
        write(folder)
    terminal.write(
        f"schemas written to {folder}; the first line of each description file points an editor there\n"
    )
    return CLEAN
