"""The text that documents were read from, kept to find places in it: by its lines, or composed once more."""

from collections import deque
from typing import TYPE_CHECKING

from tierpolicies.documents.line_places import LinePlaces
from tierpolicies.documents.nodes import Document

if TYPE_CHECKING:
    from tierpolicies.documents.places import Places

_MOST_KEPT = 1 << 20
"""Characters whose lines or nodes are kept at a time: nodes take forty times as much as their text."""


class Original:
    """The text of a file: decoded, split and composed when it is asked for."""

    __slots__ = ("_data", "_found", "is_json")

    def __init__(self, data: bytes | str, *, is_json: bool) -> None:
        self._data = data
        self._found: dict[int, LinePlaces | Places] = {}
        self.is_json = is_json

    @property
    def text(self) -> str:
        """The text; raises UnicodeDecodeError for bytes that are none."""
        if isinstance(self._data, bytes):
            self._data = self._data.decode("utf-8-sig")
        return self._data

    def position(
        self, document: Document, steps: list[str], *, key: bool = False, offset: int = 0
    ) -> tuple[int, int]:
        """Line and column, from 0 within the part that a document stands in; see Source.position."""
        places = self._found.get(document.start) or self._places(document)
        if isinstance(places, LinePlaces):
            return places.position(document.value, steps, key=key, offset=offset)
        return places.position(document.number, steps, key=key, offset=offset)

    def _places(self, document: Document) -> "LinePlaces | Places":
        text = self.text[document.start : document.end]
        places = LinePlaces(text) if document.by_lines else self._composed(text)
        self._found[document.start] = places
        _kept.add(self, document)
        return places

    def _composed(self, text: str) -> "Places":
        from tierpolicies.documents.places import Places  # noqa: PLC0415 (12 ms, often for nothing)

        if self.is_json:
            from tierpolicies.documents.json_reader import as_yaml  # noqa: PLC0415 (manifests are seldom JSON)

            text = as_yaml(text)
        return Places(text)

    def forget(self, start: int) -> None:
        """Lets the lines or nodes of a part go; they are made anew when they are asked for."""
        self._found.pop(start, None)


class _Kept:
    """The parts whose places are kept, the oldest first, and how many characters they are."""

    def __init__(self) -> None:
        self._parts: deque[tuple[Original, int, int]] = deque()
        self._size = 0

    def add(self, original: Original, document: Document) -> None:
        size = document.end - document.start
        self._parts.append((original, document.start, size))
        self._size += size
        while self._size > _MOST_KEPT and len(self._parts) > 1:
            oldest, start, size = self._parts.popleft()
            oldest.forget(start)
            self._size -= size


_kept = _Kept()
