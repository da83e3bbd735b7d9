"""What goes to the terminal: text on stdout, and for a person its colours and the present step on stderr."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tierwright.cli.failures import writing

# rich takes 50 ms to import: nobody pays for it whose output goes to a file or a pipe.
_COLOURS = {
    r"^(error|Not ready:.*|Not everything.*)": "bold red",
    r"^warning": "bold yellow",
    r"^note": "cyan",
    r"^\w+: Clean:.*|^Clean:.*": "bold green",
    r"^\w+: Not .*": "bold red",
}


@contextmanager
def progress() -> Iterator[Callable[[str], None]]:
    """A function that shows the present step while the block runs, and says nothing elsewhere."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console

    with Console(stderr=True).status("starting") as status:
        yield status.update


def show(text: str) -> None:
    """Print text, with a verdict and severities in colour."""
    if not sys.stdout.isatty():
        write(f"{text}\n")
        return
    from rich.console import Console
    from rich.text import Text

    styled = Text(text)
    for pattern, style in _COLOURS.items():
        styled.highlight_regex(f"(?m){pattern}", style)
    with writing():
        Console().print(styled, soft_wrap=True)


def show_markdown(text: str) -> None:
    """Print Markdown; for a person on a terminal, as it is meant to look."""
    if not sys.stdout.isatty():
        write(f"{text.rstrip()}\n")
        return
    from rich.console import Console
    from rich.markdown import Markdown

    with writing():
        Console().print(Markdown(text))


def write(text: str) -> None:
    """Put text on stdout as it is."""
    with writing():
        sys.stdout.write(text)
