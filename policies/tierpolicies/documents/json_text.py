"""Where in a JSON text a value stands, for faults of what a ConfigMap holds as JSON."""

import re
from json import JSONDecoder

_SPACE = re.compile(r"[ \t\r\n]*")
_DECODER = JSONDecoder()


def offset_of(text: str, path: tuple[str | int, ...]) -> int:
    """The place, in characters from the start, of the value at a path of keys and indexes.

    Where the path leads nowhere it is that of the last value on the way. The text must be valid JSON.
    """
    position = _skip(text, 0)
    for step in path:
        found = _member(text, position, step)
        if found is None:
            break
        position = found
    return position


def _member(text: str, position: int, step: str | int) -> int | None:
    """The place of a member of the object or array that begins at a position."""
    opening = text[position : position + 1]
    if opening not in ("{", "["):
        return None
    position = _skip(text, position + 1)
    index = 0
    while text[position : position + 1] not in ("}", "]", ""):
        name: object = index
        if opening == "{":
            name, position = _DECODER.raw_decode(text, position)
            position = _skip(text, _skip(text, position) + 1)
        if name == step:
            return position
        _, position = _DECODER.raw_decode(text, position)
        position = _skip(text, position)
        if text[position : position + 1] == ",":
            position = _skip(text, position + 1)
        index += 1
    return None


def _skip(text: str, position: int) -> int:
    match = _SPACE.match(text, position)
    return match.end() if match else position
