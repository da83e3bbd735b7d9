"""The command line: it composes the parts, and is the only place that prints or exits."""

from __future__ import annotations


def main() -> None:
    """Entry point of `tierwright`."""
    from tierwright.cli.app import app  # so that importing the package costs nothing

    app()
