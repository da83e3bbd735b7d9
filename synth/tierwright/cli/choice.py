"""Names that a person types on the command line, told from those that mean nothing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tierwright.cli.failures import UsageError


def environments(wanted: Sequence[str], known: Iterable[str]) -> list[str]:
    """The environments that are asked for, each once and in the order of the description; else all.

    Raises:
        UsageError: for the first one that is not known.
    """
    return names("environment", wanted, known)


def names(what: str, wanted: Sequence[str], known: Iterable[str]) -> list[str]:
    """The names that are asked for, each once and in the order of those known; else all.

    Raises:
        UsageError: for the first one that is not known, as a `what`.
    """
    order = list(known)
    for name in wanted:
        if name not in order:
            from tierwright.description.problems import suggestion  # difflib, only now

            raise UsageError(f"unknown {what} {name!r}; {suggestion(name, order)}")
    return [name for name in order if not wanted or name in wanted]
