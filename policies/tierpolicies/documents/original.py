"""The text that documents were read from, composed to nodes again where a place in it is wanted."""

from collections import deque
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.documents.places import Places

_MOST_COMPOSED = 1 << 20
"""Characters of which the nodes are kept at a time: nodes take forty times as much as their text."""


class Original:
    """The text of a file, decoded and composed when it is asked for."""

    __slots__ = ("_data", "_places", "is_json")

    def __init__(self, data: bytes | str, *, is_json: bool) -> None:
        self._data = data
        self._places: dict[int, Places] = {}
        self.is_json = is_json

    def places(self, start: int, end: int) -> "Places":
        """The places of all documents in a part of the text."""
        places = self._places.get(start)
        if places is None:
            from tierpolicies.documents.places import Places  # noqa: PLC0415 (12 ms; only for findings)

            places = self._places[start] = Places(self._text(start, end))
            _kept.add(self, start, end - start)
        return places

    def forget(self, start: int) -> None:
        """Lets the nodes of a part go; they are composed anew when they are asked for."""
        self._places.pop(start, None)

    def _text(self, start: int, end: int) -> str:
        if isinstance(self._data, bytes):
            self._data = self._data.decode("utf-8-sig")
        text = self._data[start:end]
        if self.is_json:
            from tierpolicies.documents.json_reader import as_yaml  # noqa: PLC0415 (seldom needed)

            return as_yaml(text)
        return text


class _Kept:
    """What is composed, the oldest first, and how many characters that are."""

    def __init__(self) -> None:
        self._parts: deque[tuple[Original, int, int]] = deque()
        self._size = 0

    def add(self, original: Original, start: int, size: int) -> None:
        self._parts.append((original, start, size))
        self._size += size
        while self._size > _MOST_COMPOSED and len(self._parts) > 1:
            oldest, part, size = self._parts.popleft()
            oldest.forget(part)
            self._size -= size


_kept = _Kept()
