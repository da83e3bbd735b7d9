"""What is wrong with a description: every mistake with its place, its reason and its mend."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from tiered.origin import Origin

_TOLD = re.compile(r"^(\S[^\n]*?):(\d+):(\d+): ([^\n]*)\n    ([^\n]*)$", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake. `mend` is a sentence that tells what to write instead.

    `meant` are the word that stands there and the one that was probably meant, where that is known.
    """

    file: str
    line: int
    column: int
    message: str
    mend: str
    meant: tuple[str, str] | None = field(default=None, compare=False)

    @classmethod
    def at(cls, origin: Origin, message: str, mend: str, *, meant: tuple[str, str] | None = None) -> Problem:
        return cls(origin.file, origin.line, origin.column, message, mend, meant)

    @classmethod
    def told(cls, text: str) -> list[Problem]:
        """The problems that a command printed among other lines."""
        return [cls(file, int(line), int(at), *rest) for file, line, at, *rest in _TOLD.findall(text)]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.message}\n    {self.mend}"


class DescriptionError(Exception):
    """The description cannot be understood. Carries all problems, in the order of the files."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems: Sequence[Problem] = sorted(set(problems))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that was probably meant."""
    return next(iter(difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.6)), None)


def suggestion(name: str, known: Iterable[str]) -> str:
    """The mend for an unknown name: the nearest one, or all there are."""
    names = sorted(known)
    near = nearest(name, names)
    if near is not None:
        return f"did you mean {near!r}?"
    return f"known here: {', '.join(names)}" if names else "there is none to refer to yet; declare it first"
