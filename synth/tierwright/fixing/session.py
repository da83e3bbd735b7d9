"""Mends a description step by step; a second check proves each mend before the next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from tierpolicies.engine.finding import Mend
from tierpolicies.platform import Place
from tierwright.description.files import files
from tierwright.description.problems import DescriptionError
from tierwright.fixing.edit import edited

Check = Callable[[Mapping[str, str]], "State"]
"""Checks the description with some files' texts replaced."""


@dataclass(frozen=True)
class Fixable:
    """Something wrong: a name that stays the same from check to check, what is told, and its mend."""

    key: str
    told: str
    mend: Mend | None


@dataclass(frozen=True)
class State:
    """What a check found wrong; `readable` says that the description itself was understood."""

    readable: bool
    found: tuple[Fixable, ...]

    @property
    def keys(self) -> frozenset[str]:
        """The names of all that is wrong."""
        return frozenset(each.key for each in self.found)


@dataclass
class Session:
    """The texts of a description's files while they are mended.

    `texts` holds the files that changed; `done` what was mended, `refused` what a second check did not
    confirm.
    """

    root: Path
    check: Check
    texts: dict[str, str] = field(default_factory=dict)
    done: list[Fixable] = field(default_factory=list)
    refused: list[Fixable] = field(default_factory=list)

    def run(self) -> State:
        """Mend what can be mended; returns what is still wrong."""
        state = self.check(self.texts)
        while True:
            tried = {each.key for each in self.refused}
            candidates = [each for each in state.found if each.mend and each.key not in tried]
            if not candidates:
                return state
            state = self._together(state, candidates) or self._one_by_one(state, candidates)

    def _together(self, before: State, candidates: Sequence[Fixable]) -> State | None:
        """The state with all mends, if every one of them is confirmed."""
        texts = self._mended(candidates)
        if texts is None:
            return None
        after = self.check(texts)
        if not all(_confirmed(each, before, after) for each in candidates):
            return None
        self.texts = texts
        self.done += candidates
        return after

    def _one_by_one(self, before: State, candidates: Sequence[Fixable]) -> State:
        """The state after the first mend that is confirmed; those before it are refused."""
        for each in candidates:
            after = self._together(before, [each])
            if after is not None:
                return after
            self.refused.append(each)
        return before

    def _mended(self, candidates: Iterable[Fixable]) -> dict[str, str] | None:
        """The texts with mends carried out, the last place first so that the others stay valid."""
        texts = dict(self.texts)
        mends = dict.fromkeys(each.mend for each in candidates if each.mend is not None)
        if len({mend.place for mend in mends}) < len(mends):
            return None  # two mends of one place: each has to prove itself
        for mend in sorted(mends, key=lambda each: each.place, reverse=True):
            text = edited(texts.get(mend.place.file) or self.original(mend.place.file), mend)
            if text is None:
                return None
            texts[mend.place.file] = text
        return texts

    def original(self, name: str) -> str:
        """The text of a file of the description as it stands."""
        if self.root / name not in files(self.root):
            return ""
        return (self.root / name).read_bytes().decode("utf-8")


def problems(error: DescriptionError) -> State:
    """What is wrong with a description that cannot be understood."""
    return State(readable=False, found=tuple(_problems(error)))


def _problems(error: DescriptionError) -> Iterator[Fixable]:
    for problem in error.problems:
        mend = None
        if problem.meant is not None:
            old, value = problem.meant
            mend = Mend(Place(problem.file, problem.line, problem.column), old, value)
        key = f"{problem.file}: {problem.message}"
        yield Fixable(key, f"{problem.file}:{problem.line}: {problem.message}", mend)


def _confirmed(mended: Fixable, before: State, after: State) -> bool:
    """Whether a mend is gone after it, and nothing came in its place that a first look could have seen."""
    if mended.key in after.keys or (before.readable and not after.readable):
        return False
    return before.readable != after.readable or after.keys <= before.keys
