"""A scenario: what is asked, of which parts, and how it is played."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from tierpolicies.capacity.proof.decision import Verdict
from tierpolicies.capacity.scenarios.part import Part

More = Mapping[str, int]
"""Nodes beyond those there are, by pool."""


@dataclass(frozen=True, slots=True)
class Scenario:
    """`name` is how a person asks for it, such as `update:ai-worker`; `title` how it is told.

    `play` gives the verdict on a part with so many more nodes. A scenario that `may_grow` may use as many
    nodes as its pools may grow to, else as many as there are. `sets` are the keys of those that it is about,
    where it is about some. `counts` are the pods that it asks for by set, where those are other numbers than
    at rest.
    """

    name: str
    title: str
    parts: tuple[Part, ...]
    play: Callable[[Part, More], Verdict]
    may_grow: bool = False
    sets: tuple[str, ...] = ()
    counts: Mapping[str, int] = field(default_factory=dict)
