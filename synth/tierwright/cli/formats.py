"""The formats of a report, and where each of them goes."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.report.formats import MODULES, rendered
from tierwright.cli import terminal
from tierwright.cli.failures import UsageError
from tierwright.output.errors import OutputError, naming

if TYPE_CHECKING:
    from tierpolicies.report.model import Report

Target = tuple[str, str | None]
"""A format, and the file that it goes to; None is stdout."""


def targets(formats: Sequence[str]) -> list[Target]:
    """What `--format NAME[=FILE]` asks for. Only one format may go to stdout.

    Raises:
        UsageError: for a format that there is not, or one too many for stdout.
    """
    found: list[Target] = []
    for each in formats:
        name, equals, file = each.partition("=")
        if name not in MODULES:
            from tierwright.description.problems import suggestion  # difflib, only now

            raise UsageError(f"unknown format {name!r}; {suggestion(name, MODULES)}")
        if equals and not file:
            raise UsageError(f"--format {each} names no file; write {name}=FILE")
        found.append((name, file or None))
    if sum(file is None for _, file in found) > 1:
        raise UsageError("two formats want stdout; send one of them to a file with --format NAME=FILE")
    files = [file for _, file in found if file is not None and os.path.realpath(file) != os.devnull]
    for file in files:
        if files.count(file) > 1:
            raise UsageError(f"two formats want the file {file}; give each a file of its own")
    return found


def present(report: Report, wanted: Sequence[Target]) -> None:
    """Put a report where it is wanted. A file that cannot be written keeps no other from its place.

    Raises:
        OutputError: for the first file that could not be written, after all others were.
    """
    failed: list[OutputError] = []
    for name, file in wanted:
        text = rendered(report, name)
        if file is not None:
            try:
                _write(Path(file), text)
            except OutputError as error:
                failed.append(error)
        elif name == "text":
            terminal.show(text.removesuffix("\n"))
        else:
            terminal.write(text)
    if failed:
        raise failed[0]


def _write(file: Path, text: str) -> None:
    """Write a file as a whole or not at all; a pipe or a device cannot be replaced and is written to."""
    try:
        with naming(file):
            if file.exists() and not file.is_file():
                file.write_text(text, encoding="utf-8", newline="\n")
                return
            place = file.resolve()  # a link stays one
            draft = place.with_name(f".{place.name}.{os.getpid()}.new")
            try:
                draft.write_text(text, encoding="utf-8", newline="\n")
                draft.replace(place)
            finally:
                draft.unlink(missing_ok=True)
    except OutputError as error:
        if isinstance(error.__cause__, OSError) and error.__cause__.errno == errno.ENOENT:
            raise OutputError(path=file, reason="its folder does not exist", mend="Create it") from error
        raise OutputError(path=file, reason=error.reason, mend=error.mend) from error
