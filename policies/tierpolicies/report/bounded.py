"""Writing within a limit: a page of sections whose items are admitted whole, or else counted."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass


def _nothing(_: int) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a page. Every piece of it is whole in itself and ends with a line's end.

    `items` are `count` pieces between `opening` and `closing`, the most important first; they are made
    only while there is room for them. `more` tells how many had no room, and takes no more room for
    fewer. A `continued` section goes on with what the one before it began: it gets no item where that
    one had to leave out some.
    """

    opening: str
    items: Iterable[str] = ()
    count: int = 0
    more: Callable[[int], str] = _nothing
    closing: str = ""
    continued: bool = False

    @property
    def least(self) -> int:
        """The bytes that it takes without any item."""
        return size(self.opening) + size(self.more(self.count) if self.count else "") + size(self.closing)


def size(text: str) -> int:
    """Bytes in UTF-8."""
    return len(text) if text.isascii() else len(text.encode(errors="surrogatepass"))


def bounded(sections: Sequence[Section], *, limit: int) -> str:
    """The page, of at most `limit` bytes, with an empty line between sections.

    Each section keeps room for its opening, its count and its closing; what is left goes to the items
    of the first section, then to those of the next. Where even the openings have no room, sections
    before the last one are left out.
    """
    kept = list(sections)
    while len(kept) > 1 and _least(kept) > limit:
        del kept[-2]
    room = limit - _least(kept)
    pages, is_full = [], False
    for section in kept:
        items, left = [], section.count
        for item in section.items if not (section.continued and is_full) else ():
            if size(item) > room:
                break
            items.append(item)
            room -= size(item)
            left -= 1
        is_full = left > 0
        if section.count and not left:
            room += size(section.more(section.count))
        pages.append(
            "".join((section.opening, *items, section.more(left) if left > 0 else "", section.closing))
        )
    return "\n".join(pages)


def _least(sections: Sequence[Section]) -> int:
    return sum(section.least for section in sections) + len(sections) - 1
