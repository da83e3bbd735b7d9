"""Where the values of a plain document stand, found in its lines: no nodes are made for a finding or two.

This is for documents that `block_yaml` has read and says so of: nothing but block scalars goes on over
lines, and the lines of those are deeper than all that encloses them. So a mapping or list consists of
the lines of its own level, and what is looked for is on one of them; what is not there, because somebody
has changed the value since, counts as missing.
"""

from collections.abc import Sequence
from typing import NamedTuple

from tierpolicies.documents.flow_yaml import place
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.plain_lines import (
    BLANK,
    BLOCK,
    FLOW,
    NOWHERE,
    OPEN,
    end_of_key,
    known_lines,
    value_column,
)

Mark = tuple[int, int]
"""A line and a column, from 0."""

_NO_LEVEL = 1 << 30
"""The level of a value that holds no lines: none is as deep."""


class _Spot(NamedTuple):
    """A value, the line and the level at which what it holds begins, and the marks of its key and itself."""

    value: Value
    line: int
    level: int
    name: Mark
    mark: Mark
    is_literal: bool = False
    is_flow: bool = False


class LinePlaces:
    """Finds places in the text of one document."""

    def __init__(self, text: str) -> None:
        self._lines = text.replace("\r\n", "\n").split("\n")

    def position(self, value: Value, steps: Sequence[str], *, key: bool = False, offset: int = 0) -> Mark:
        """Line and column of a value below the document's, or of its key; see Source.position."""
        line, level = self._first(1 if self._lines[0].startswith("---") else 0)
        spot = _Spot(value, line, level, (line, level >> 1), (line, level >> 1))
        for number, step in enumerate(steps):
            if spot.is_flow:
                return self._in_flow(spot, steps[number:], key=key)
            below = self._below(spot, step)
            if below is None:
                break
            spot = below
        mark = spot.name if key else spot.mark
        if offset and spot.is_literal and mark == spot.mark:
            return mark[0] + 1 + str(spot.value).count("\n", 0, offset), 0
        return mark

    def _below(self, spot: _Spot, step: str) -> _Spot | None:
        """The value of a key or the item with an index, where there is one."""
        value = spot.value
        if isinstance(value, dict):
            if step not in value:
                return None
            line = self._line_of_key(spot, step)
            return None if line is None else self._spot(value[step], line, (line, spot.level >> 1))
        index = int(step) if step.isdecimal() else -1
        if not isinstance(value, list) or not 0 <= index < len(value):
            return None
        line = self._line_of_item(spot, index)
        if line is None:
            return None
        within = known_lines[self._lines[line]][4]
        if within:
            mark = line, within >> 1
            return _Spot(value[index], line, within, mark, mark)
        return self._spot(value[index], line, None)

    def _spot(self, value: Value, line: int, name: Mark | None) -> _Spot:
        """What stands behind the key or the dash of a line; an item is its own key."""
        text = self._lines[line]
        sort, at, _, told, within = known_lines[text]
        level = _NO_LEVEL
        if told is not OPEN:
            mark = line, value_column(text)
        else:
            mark = line, end_of_key(text)
            below, its_level = self._first(line + 1)
            if isinstance(value, dict | list) and its_level > (within or at):
                line, level = below, its_level
                mark = line, level >> 1
        is_literal = sort == BLOCK and str(told).startswith("|")
        return _Spot(value, line, level, name or mark, mark, is_literal, sort == FLOW)

    def _in_flow(self, spot: _Spot, steps: Sequence[str], *, key: bool) -> Mark:
        line, column = spot.mark
        key_column, value_column = place(self._lines[line], column, steps)
        if value_column == column:
            return spot.name if key else spot.mark
        return line, key_column if key else value_column

    def _first(self, line: int) -> tuple[int, int]:
        """The next line that says something, and its level."""
        for number in range(line, len(self._lines)):
            sort, level, _, _, _ = known_lines[self._lines[number]]
            if sort != BLANK:
                return number, level
        return line, NOWHERE

    def _line_of_key(self, spot: _Spot, key: str) -> int | None:
        start, level = spot.line, spot.level
        first = known_lines[self._lines[start]]
        if first[4] == level:  # the mapping begins behind the dash of an item
            if first[2] == key:
                return start
            start += 1
        for line in range(start, len(self._lines)):
            _, at, name, _, _ = known_lines[self._lines[line]]
            if at == level and name == key:
                return line
            if 0 <= at < level:
                break
        return None

    def _line_of_item(self, spot: _Spot, index: int) -> int | None:
        level = spot.level
        for line in range(spot.line, len(self._lines)):
            at = known_lines[self._lines[line]][1]
            if at == level:
                if not index:
                    return line
                index -= 1
            elif 0 <= at < level:
                break
        return None
