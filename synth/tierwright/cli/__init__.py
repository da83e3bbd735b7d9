"""The command line: it composes the parts, and is the only place that prints or exits."""

from __future__ import annotations

import gc
import io
import sys


def main() -> None:
    """Entry point of `tierwright`.

    Nearly all that a command makes lives to its end: looking for garbage, on the way or when the process
    ends, would be a third of the time for nothing.
    """
    gc.disable()
    try:
        from tierwright.cli.app import app  # so that importing the package costs nothing

        for stream in (sys.stdout, sys.stderr):
            if isinstance(stream, io.TextIOWrapper):  # reports and trees are UTF-8, whatever the locale
                stream.reconfigure(encoding="utf-8")
        app()
    except KeyboardInterrupt:  # typer only sees those that come later
        sys.exit(130)
    finally:
        gc.freeze()
