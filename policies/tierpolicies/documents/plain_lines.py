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
from math import isfinite
from typing import cast

from tierpolicies.documents.nodes import Value, key_text
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

_KEY = r"[A-Za-z0-9_./$][A-Za-z0-9_./$+@-]{0,250}"
_QUOTED_KEY = r""""[^"\\\n]{0,250}"|'[^'\n]{0,250}'"""
_HEAD = re.compile(rf"( *)(- +)?({_KEY}|{_QUOTED_KEY})")
_ITEM = re.compile(r"( *)(- +|-\Z)?")
_NO_KEY: tuple[int, str | None, int] = (0, None, 0)
_DOUBLE = re.compile(r'"([^"\\\n]*(?:\\["\\nrt][^"\\\n]*)*)"')
_SINGLE = re.compile(r"'([^'\n]*(?:''[^'\n]*)*)'")
_OPENINGS = frozenset(("", "#", "[", "{", "'", '"', "|", ">"))
_HEADER = re.compile(r"[|>](?:[-+][1-9]?|[1-9][-+]?)?")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}

_WORD = "A-Za-z0-9_./$+@=~^()*;<>%&!-"
_FLOW_PLAIN = re.compile(
    rf"((?:[A-Za-z0-9_./$+=~(^;]|-(?=[A-Za-z0-9_./$-]))(?:[{_WORD}]|:(?=[{_WORD}])| +(?=[{_WORD}]))*)"
)
_FLOW_KEY = re.compile(rf"(?:({_KEY}):(?= )|({_QUOTED_KEY}):)")
_FLOW_SPACE = re.compile("[ \n]*")

_MOST_LINES = 20_000
_LONGEST_LINE = 240
_MOST_NESTED = 16
_LONGEST_FLOW = 100_000


class Lines(dict[str, Line]):
    """Lines by their text. A new one is taken apart when it is asked for; it forgets all when full."""

    def __missing__(self, text: str) -> Line:
        line = taken_apart(text)
        if len(text) <= _LONGEST_LINE:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[text] = line
        return line


class NotPlainError(Exception):
    """Raised where a text is not, or not surely, plain: it is read by its nodes instead."""


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
            key = _key(name)
            head = (level + 1, key, level + 2 * len(dash)) if dash else (level, key, 0)
        if len(text) <= _LONGEST_LINE:
            if len(self) >= _MOST_LINES:
                self.clear()
            self[text] = head
        return head


_heads = _Heads()


def _key(name: str) -> str | None:
    """A key in quotes or not; none for what is none in JSON, or a number that may be written otherwise."""
    scalar = name[1:-1] if name[0] in "\"'" else plain(name)
    return None if isinstance(scalar, float) else key_text(scalar)


def _value(text: str) -> tuple[int, Value]:
    first = text[:1]
    if first not in _OPENINGS:
        return SET, _plain(text)
    if first in ("", "#"):
        return SET, OPEN
    if first in "[{":
        value, end = _flow(text, 0, 0)
        return FLOW, _ended(value, text, end)
    if first in "\"'":
        value, end = _quoted(text, 0)
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
    return _finite(plain(text))


def _finite(value: Value) -> Value:
    if isinstance(value, float) and not isfinite(value):
        raise NotPlainError
    return value


def _quoted(text: str, at: int) -> tuple[str, int]:
    """The string that begins at a quote, and where it ends."""
    double = text[at] == '"'
    match = (_DOUBLE if double else _SINGLE).match(text, at)
    if match is None:
        raise NotPlainError
    value = match[1]
    if not double:
        value = value.replace("''", "'")
    elif "\\" in value:
        value = _ESCAPE.sub(lambda escape: _ESCAPED[escape[1]], value)
    return value, match.end()


def _flow(text: str, at: int, depth: int) -> tuple[Value, int]:
    """The value of a flow collection's item or of the whole, and where it ends."""
    first = text[at : at + 1]
    if first and first in "\"'":
        return _quoted(text, at)
    if first and first in "[{":
        if depth > _MOST_NESTED or len(text) > _LONGEST_FLOW:
            raise NotPlainError
        return _flow_list(text, at + 1, depth) if first == "[" else _flow_mapping(text, at + 1, depth)
    match = _FLOW_PLAIN.match(text, at)
    if match is None:
        raise NotPlainError
    return _finite(plain(match[1])), match.end()


def _flow_list(text: str, at: int, depth: int) -> tuple[Value, int]:
    result: list[Value] = []
    at = _past_spaces(text, at)
    if text[at : at + 1] == "]":
        return result, at + 1
    while True:
        value, at = _flow(text, at, depth + 1)
        result.append(value)
        at = _past_spaces(text, at)
        if text[at : at + 1] == "]":
            return result, at + 1
        at = _past_comma(text, at)


def _flow_mapping(text: str, at: int, depth: int) -> tuple[Value, int]:
    result: dict[str, Value] = {}
    at = _past_spaces(text, at)
    if text[at : at + 1] == "}":
        return result, at + 1
    while True:
        match = _FLOW_KEY.match(text, at)
        if match is None:
            raise NotPlainError
        key = _key(match[1] or match[2])
        if key is None or key in result:
            raise NotPlainError
        value, at = _flow(text, _past_spaces(text, match.end()), depth + 1)
        result[key] = value
        at = _past_spaces(text, at)
        if text[at : at + 1] == "}":
            return result, at + 1
        at = _past_comma(text, at)


def _past_comma(text: str, at: int) -> int:
    if text[at : at + 1] != ",":
        raise NotPlainError
    return _past_spaces(text, at + 1)


def _past_spaces(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\n"):
        at += 1
    return at
