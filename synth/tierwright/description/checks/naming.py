"""The two mistakes that names can make: to mean nothing, and to mean two things."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tiered.origin import Origin, origin_of
from tierwright.description.problems import Problem, nearest, suggestion


def place(name: object, fallback: Origin) -> Origin:
    """Where a name was written; `fallback` is the mapping around it."""
    return origin_of(name) or fallback


def unknown(what: str, name: str, known: Iterable[str], *, near: Origin) -> Problem:
    """A name that refers to nothing, with the nearest that would."""
    names = set(known)
    origin, near_by = origin_of(name), nearest(name, names)
    meant = (str(name), near_by) if origin is not None and near_by is not None else None
    return Problem.at(origin or near, f"unknown {what} {name!r}", suggestion(name, names), meant=meant)


def all_known(what: str, names: Iterable[str], known: Iterable[str], *, near: Origin) -> Iterator[Problem]:
    """A problem for every name that refers to nothing."""
    allowed = set(known)
    return (unknown(what, name, allowed, near=near) for name in names if name not in allowed)


def twice(what: str, names: Iterable[tuple[str, Origin]], *, mend: str) -> Iterator[Problem]:
    """A problem for every name that was given already."""
    seen: dict[str, Origin] = {}
    for name, origin in names:
        first = seen.setdefault(name, origin)
        if first is not origin:
            yield Problem.at(origin, f"{what} {name!r} stands already at {first}", mend)
