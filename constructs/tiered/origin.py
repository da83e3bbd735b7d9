"""Where a value was written: scalars that remember the line of the description they came from."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Origin:
    """A place in a description: file relative to the project, line and column from 1."""

    file: str
    line: int
    column: int = 1

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


class Text(str):
    """A string that remembers its origin; derived strings are plain again."""

    origin: Origin

    def __new__(cls, value: str, origin: Origin) -> Text:
        text = super().__new__(cls, value)
        text.origin = origin
        return text

    def __reduce__(self) -> tuple[type[str], tuple[str]]:
        """Copies and pickles are plain: another process knows nothing of these lines."""
        return str, (str.__str__(self),)


class Whole(int):
    """An integer that remembers its origin; results of arithmetic are plain again."""

    origin: Origin

    def __new__(cls, value: int, origin: Origin) -> Whole:
        whole = super().__new__(cls, value)
        whole.origin = origin
        return whole

    def __reduce__(self) -> tuple[type[int], tuple[int]]:
        return int, (int(self),)


def origin_of(value: object) -> Origin | None:
    """The origin that a value remembers, if it is one that does."""
    return value.origin if isinstance(value, Text | Whole) else None
