"""What documents hold and what may be wrong with them, without the readers of either."""

import re
from dataclasses import dataclass
from typing import NamedTuple

from tierpolicies.documents.scalars import Scalar

Value = Scalar | list["Value"] | dict[str, "Value"]

MAX_DEPTH = 200
"""Levels of nesting; far beyond any manifest, far below what the stack holds."""

MAX_NODES = 500_000
"""Keys and values of one document that libyaml may compose: more than 3 MiB, the most that Kubernetes
takes, can hold in practice, and within 300 MB of memory."""

MAX_LINES = 1_000_000
"""Lines of one document that are read without nodes."""

MAX_DOCUMENTS = 200_000
"""Documents of one file."""


_KIND = r"""(?m)^([ \t]*)(?:\{[ \t]*)?"?kind"?[ \t]*:[ \t]*["']?(\w+)"""


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a text: `kind` is one word, line and column count from 1."""

    kind: str
    message: str
    mend: str
    line: int
    column: int


class Document(NamedTuple):
    """One document of a text, and where in the text it is found again.

    It stands between the characters `start` and `end`, which begin on `first_line` (from 0), and is the
    one with that `number` in this part; -1 where it could not be read. `guessed_kind` is what a text
    that could not be read seems to say of its `kind`. `by_lines` says that `line_places` knows its places.
    """

    value: Value
    start: int
    end: int
    first_line: int
    number: int = 0
    problems: tuple[Problem, ...] = ()
    guessed_kind: str | None = None
    by_lines: bool = False


def too_deep(line: int, column: int) -> Problem:
    """The problem of a value nested too deep."""
    return Problem(
        "nesting",
        f"nested deeper than {MAX_DEPTH} levels, or an anchor that contains itself",
        "Flatten the value.",
        line,
        column,
    )


def too_large(line: int, column: int, what: str) -> Problem:
    """The problem of a text that would take more memory or time than there may be: of more than what."""
    return Problem(
        "unreadable",
        f"more than {what}",
        "Split the file: Kubernetes takes no object beyond 3 MiB.",
        line,
        column,
    )


def key_text(key: Scalar) -> str | None:
    """The key of a mapping as JSON has it; null is none."""
    if isinstance(key, bool):
        return "true" if key else "false"
    return f"{key:g}" if isinstance(key, float) else None if key is None else str(key)


def unread(text: str, problem: Problem, start: int = 0, first_line: int = 0) -> Document:
    """A document that cannot be read."""
    end = start + len(text)
    return Document(None, start, end, first_line, -1, (problem,), _guessed_kind(text))


def _guessed_kind(text: str) -> str | None:
    """The kind that stands furthest to the left; none in a list, which may hold any."""
    found = min(re.finditer(_KIND, text), key=lambda match: len(match[1]), default=None)
    return None if found is None or found[2].endswith("List") else found[2]
