"""Pieces of HTML in which a text of unknown origin stays a text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tierpolicies.report.characters import (
    cut_start,
    path_address,
    revealed,
    visible,
    web_address,
    with_entities,
)

if TYPE_CHECKING:
    from tierpolicies.report.places import Spot


def escaped(text: str) -> str:
    """A text in one line, between tags or within a quoted attribute."""
    return with_entities(visible(text))


def literal(text: str) -> str:
    """A text with its lines and its spaces."""
    return with_entities("\n".join(map(revealed, text.split("\n"))))


def isolated(text: str) -> str:
    """A text of any direction of writing, which turns nothing around it."""
    text = escaped(text)
    return text if text.isascii() else f"<bdi>{text}</bdi>"


def place(spot: Spot, links: str) -> str:
    """A place in a file, linked to the web where `links` is the address of the files there."""
    label = f"{escaped(cut_start(spot.path, 400))}:{spot.line}:{spot.column}"
    if not links:
        return f"<code>{label}</code>"
    address = with_entities(f"{web_address(links)}{path_address(spot.path)}#L{spot.line}")
    return f'<a href="{address}"><code>{label}</code></a>'


def row(cells: list[str], tag: str = "td") -> str:
    """A row of a table; its first cell heads it."""
    first = f'<th scope="{"col" if tag == "th" else "row"}">{cells[0]}</th>'
    scope = ' scope="col"' if tag == "th" else ""
    return f"<tr>{first}{''.join(f'<{tag}{scope}>{each}</{tag}>' for each in cells[1:])}</tr>\n"
