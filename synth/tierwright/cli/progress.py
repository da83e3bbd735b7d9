"""Tells a person at a terminal what is going on; silent everywhere else."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def shown() -> Iterator[Callable[[str], None]]:
    """A function that shows the present step on stderr while the block runs."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # 50 ms that only a terminal needs

    with Console(stderr=True).status("starting") as status:
        yield status.update
