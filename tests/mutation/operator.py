"""A mistake that people make in manifests, and the rules of which one should find it.

An operator takes one object and yields it with one mistake, as often as the object has a place for it.
What it takes for granted (a container has a probe, a Service a selector) it finds out by itself: an
object without such a place is not applicable and yields nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]
"""An object as parsed; operators know the shape of the kinds they spoil."""
Mutation = Callable[[Object], Iterator[Object | None]]


@dataclass(frozen=True)
class Operator:
    """A mistake: `rules` are those of which one should find it, `mutate` yields objects that have it."""

    name: str
    rules: tuple[str, ...]
    mutate: Mutation


def found_by(*rules: str) -> Callable[[Mutation], Operator]:
    """Makes a function that spoils an object an operator, named as the function is."""

    def declare(mutate: Mutation) -> Operator:
        return Operator(mutate.__name__.replace("_", " "), rules, mutate)

    return declare
