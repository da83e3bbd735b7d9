"""What one line of plain block YAML says when it is seen by itself, or that it is not plain.

Manifests repeat themselves: nine of ten lines were seen before, to the letter. So a line is taken
apart once and remembered, and the reader of blocks only joins what it is told here. A line is

    key: value      - key: value      key:      - key:      - value      -      # or blank

with a value that ends on the line (plain, quoted, a flow collection) or the header of a block scalar.
Everything else is declined: anchors, aliases, tags, directives, complex and merge keys, tabs, numbers
that JSON lacks, characters that do not print, quotes that stay open, lists that begin within lists on
one line. Keys are limited in characters and length, so that libyaml takes them for keys.
"""

import re
from typing import cast

from tierpolicies.documents.flow_yaml import KEY, QUOTED_KEY, NotPlainError, finite, flow, key_of, quoted
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.scalars import plain

Line = tuple[int, int, str | None, Value, int]
"""A line taken apart: its sort, level, key, value and the level within.

The level is twice the column, and one more for the item of a list, so that an item is always deeper than
a key at the same column. The key is None where an item is no mapping; where it begins one, the level
within is that of the mapping, else 0.
"""

SET, ITEM, BLANK, FLOW, BLOCK, DECLINED = range(6)
"""The sorts: a key with its value, an item, nothing, either with a flow collection or a block scalar."""

NOWHERE = -2
"""The level of a line that is none of a mapping or list."""

OPEN = cast("Value", object())
"""Stands for a value that may follow on further lines, and is null otherwise."""

_DECLINED: Line = (DECLINED, NOWHERE, None, None, 0)
_BLANK: Line = (BLANK, NOWHERE, None, None, 0)

_HEAD = re.compile(rf"( *)(- +)?({KEY}|{QUOTED_KEY})")
_ITEM = re.compile(r"( *)(- +|-\Z)?")
_NO_KEY: tuple[int, str | None, int] = (0, None, 0)
_OPENINGS = frozenset(("", "#", "[", "{", "'", '"', "|", ">"))
_HEADER = re.compile(r"[|>](?:[-+][1-9]?|[1-9][-+]?)?")

_MOST_LINES = 20_000
_LONGEST_LINE = 240


class Lines(dict[str, Line]):
    """Lines by their text. A new one is taken apart when it is asked for; it forgets all when full."""

    def __missing__(self, text: str) -> Line:
        line = taken_apart(text)
        if len(text) <= _LONGEST_LINE:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[text] = line
        return line


def taken_apart(text: str) -> Line:
    """What a line says; a flow collection may go on over further ones."""
    if not text.isprintable() and not text.replace("\n", "").isprintable():
        return _DECLINED
    head, colon, rest = text.partition(": ")
    if not colon and text.endswith(":"):
        head = colon = text[:-1]
    level, key, within = _heads[head] if colon else _NO_KEY
    if key is None:
        match = cast("re.Match[str]", _ITEM.match(text))  # all of it may be empty
        rest = text[match.end() :]
        if not match[2]:
            return _BLANK if rest[:1] in ("", "#") else _DECLINED
        level = 2 * len(match[1]) + 1
    try:
        sort, value = _value(rest.lstrip(" "))
    except NotPlainError:
        return _DECLINED
    return (ITEM if level & 1 and sort == SET else sort), level, key, value, within


class _Heads(dict[str, tuple[int, str | None, int]]):
    """The level, key and level within of a line by what stands before its colon, remembered as well."""

    def __missing__(self, text: str) -> tuple[int, str | None, int]:
        head = _NO_KEY
        if match := _HEAD.fullmatch(text):
            indent, dash, name = match.groups()
            level = 2 * len(indent)
            key = key_of(name)
            head = (level + 1, key, level + 2 * len(dash)) if dash else (level, key, 0)
        if len(text) <= _LONGEST_LINE:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[text] = head
        return head


_heads = _Heads()
known_lines = Lines()
"""What was taken apart so far."""


def value_column(line: str) -> int:
    """Where the value of a line that was taken apart begins: past its colon or dash and the spaces."""
    at = end_of_key(line)
    return at + len(line) - at - len(line[at:].lstrip(" "))


def end_of_key(line: str) -> int:
    """Where the key of a line ends, with its colon, or the dash of an item that is no mapping."""
    item = cast("re.Match[str]", _ITEM.match(line))
    key = known_lines[line][2]
    if key is None:
        return item.end(1) + 1
    return cast("re.Match[str]", _HEAD.match(line)).end() + 1


def _value(text: str) -> tuple[int, Value]:
    first = text[:1]
    if first not in _OPENINGS:
        return SET, _plain(text)
    if first in ("", "#"):
        return SET, OPEN
    if first in "[{":
        value, end = flow(text)
        return FLOW, _ended(value, text, end)
    if first in "\"'":
        value, end = quoted(text)
        return SET, _ended(value, text, end)
    match = _HEADER.match(text)
    if match is None:
        raise NotPlainError
    return BLOCK, _ended(match[0], text, match.end())


def _ended(value: Value, text: str, end: int) -> Value:
    """The value, if nothing but a comment follows."""
    rest = text[end:]
    if rest and (rest[0] != " " or rest.lstrip(" ")[:1] not in ("", "#") or "\n" in rest):
        raise NotPlainError
    return value


def _plain(text: str) -> Value:
    comment = text.find(" #")
    text = (text if comment < 0 else text[:comment]).rstrip(" ")
    if text[0] in ",]}&*!%@`" or (text[0] in "-?:" and text[1:2] in ("", " ")):
        raise NotPlainError
    if ": " in text or text[-1] == ":" or "\n" in text:
        raise NotPlainError
    return finite(plain(text))
