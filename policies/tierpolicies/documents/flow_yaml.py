"""Simple flow collections, `[a, {b: "c"}]`, and what stands in quotes, on one line or, in brackets, on more.

Of what YAML allows this is the part that libyaml reads without a doubt: words of safe characters, and
strings with the common escapes, none of which goes on over a line. Anything else is NotPlainError.
"""

import re
from collections.abc import Iterable
from math import isfinite

from tierpolicies.documents.nodes import Value, key_text
from tierpolicies.documents.scalars import plain

KEY = r"[A-Za-z0-9_./$][A-Za-z0-9_./$+@-]{0,250}"
QUOTED_KEY = r""""[^"\\\n]{0,250}"|'[^'\n]{0,250}'"""

# Possessive, so that a long text takes no memory for ways back that lead nowhere.
_DOUBLE = re.compile(r'"((?:[^"\\\n]++|\\["\\nrt])*+)"')
_SINGLE = re.compile(r"'((?:[^'\n]++|'')*+)'")
_ESCAPE = re.compile(r"\\(.)")
_ESCAPED = {'"': '"', "\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_WORD = "A-Za-z0-9_./$+@=~^()*;<>%&!-"
_PLAIN = re.compile(
    rf"((?:[A-Za-z0-9_./$+=~(^;]|-(?=[A-Za-z0-9_./$-]))(?:[{_WORD}]|:(?=[{_WORD}])| +(?=[{_WORD}]))*+)"
)
_FLOW_KEY = re.compile(rf"(?:({KEY}):(?= )|({QUOTED_KEY}):)")
_MOST_NESTED = 16
_LONGEST = 100_000


class NotPlainError(Exception):
    """Raised where a text is not, or not surely, plain: it is read by its nodes instead."""


def key_of(name: str) -> str | None:
    """A key in quotes or not; none for what is none in JSON, or a number that may be written otherwise."""
    scalar = name[1:-1] if name[0] in "\"'" else plain(name)
    return None if isinstance(scalar, float) else key_text(scalar)


def finite(value: Value) -> Value:
    """A value that JSON has a form for."""
    if isinstance(value, float) and not isfinite(value):
        raise NotPlainError
    return value


def quoted(text: str, at: int = 0) -> tuple[str, int]:
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


def flow(text: str, at: int = 0, depth: int = 0) -> tuple[Value, int]:
    """The value of a flow collection, or of something in one, and where it ends."""
    first = text[at : at + 1]
    if first and first in "\"'":
        return quoted(text, at)
    if first and first in "[{":
        if depth > _MOST_NESTED or len(text) > _LONGEST:
            raise NotPlainError
        return _list(text, at + 1, depth) if first == "[" else _mapping(text, at + 1, depth)
    match = _PLAIN.match(text, at)
    if match is None:
        raise NotPlainError
    return finite(plain(match[1])), match.end()


def _list(text: str, at: int, depth: int) -> tuple[Value, int]:
    result: list[Value] = []
    at = _past_spaces(text, at)
    while text[at : at + 1] != "]" or result:
        value, at = flow(text, at, depth + 1)
        result.append(value)
        at = _past_spaces(text, at)
        if text[at : at + 1] == "]":
            break
        at = _past_comma(text, at)
    return result, at + 1


def _mapping(text: str, at: int, depth: int) -> tuple[Value, int]:
    result: dict[str, Value] = {}
    at = _past_spaces(text, at)
    while text[at : at + 1] != "}" or result:
        match = _FLOW_KEY.match(text, at)
        key = key_of(match[1] or match[2]) if match is not None else None
        if match is None or key is None or key in result:
            raise NotPlainError
        result[key], at = flow(text, _past_spaces(text, match.end()), depth + 1)
        at = _past_spaces(text, at)
        if text[at : at + 1] == "}":
            break
        at = _past_comma(text, at)
    return result, at + 1


def _past_comma(text: str, at: int) -> int:
    if text[at : at + 1] != ",":
        raise NotPlainError
    return _past_spaces(text, at + 1)


def _past_spaces(text: str, at: int) -> int:
    while text[at : at + 1] in (" ", "\n"):
        at += 1
    return at


def place(text: str, at: int, steps: Iterable[str]) -> tuple[int, int]:
    """Where a value stands in a collection that begins at a character, and where its key does.

    The collection is one that `flow` reads. The nearest enclosing value answers for one that is missing.
    """
    key_at = at
    for step in steps:
        found = _child(text, at, step)
        if found is None:
            break
        key_at, at = found
    return key_at, at


def _child(text: str, at: int, step: str) -> tuple[int, int] | None:
    opening = text[at]
    if opening not in "[{":
        return None
    wanted = int(step) if opening == "[" and step.isdecimal() else step
    at = _past_spaces(text, at + 1)
    index = 0
    while text[at] not in "]}":
        key_at = at
        name: str | int | None = index
        if opening == "{" and (match := _FLOW_KEY.match(text, at)):
            name = key_of(match[1] or match[2])
            at = _past_spaces(text, match.end())
        if name == wanted:
            return key_at, at
        at = _past_spaces(text, flow(text, at)[1])
        if text[at] == ",":
            at = _past_spaces(text, at + 1)
        index += 1
    return None
