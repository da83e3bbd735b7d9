"""What goes to the terminal: text on stdout, and for a person its colours and the present step on stderr."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from tierwright.cli.failures import writing

# Importing rich takes 50 ms, a third of a whole check: only explanations are worth it.
_COLOURS = (
    (r"^(error|(\w+: )?Not ready:.*|(\w+: )?Not everything.*)", "1;31"),
    (r"^warning", "1;33"),
    (r"^note", "36"),
    (r"^(\w+: )?Clean:.*", "1;32"),
)
_CLEAR = "\r\x1b[2K"
_CONTROLS = {code: f"\\x{code:02x}" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}
"""A manifest's text must not steer the terminal."""


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows the present step while the block runs, and says nothing elsewhere."""
    if not _is_terminal(sys.stderr):
        yield lambda _: None
        return

    def show(step: str) -> None:
        columns = os.get_terminal_size(sys.stderr.fileno()).columns or 80
        sys.stderr.write(f"{_CLEAR}{step[: columns - 3]} …")
        sys.stderr.flush()

    try:
        yield show
    finally:
        sys.stderr.write(_CLEAR)
        sys.stderr.flush()


def show(text: str) -> None:
    """Print text, with a verdict and severities in colour."""
    if _is_terminal(sys.stdout):
        text = text.translate(_CONTROLS)
        if not os.environ.get("NO_COLOR"):
            for pattern, code in _COLOURS:
                text = re.sub(f"(?m){pattern}", f"\x1b[{code}m\\g<0>\x1b[0m", text)
    write(f"{text}\n")


def show_markdown(text: str) -> None:
    """Print Markdown; for a person on a terminal, as it is meant to look."""
    if not _is_terminal(sys.stdout):
        write(f"{text.rstrip()}\n")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    with writing():
        Console().print(Markdown(text))


def tell(message: str) -> None:
    """Say something to a person, on stderr and at once."""
    print(f"tierwright: {message}", file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Put text on stdout as it is."""
    with writing():
        sys.stdout.write(text)


def _is_terminal(stream: TextIO) -> bool:
    """Whether a person sees the stream on a terminal that knows the usual codes."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
