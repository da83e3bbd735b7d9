"""What a page tells of the network: what is open to the internet, and a matrix of who reaches whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tierpolicies.report.html.elements import escaped, isolated, row

if TYPE_CHECKING:
    from tierpolicies.network.notation.picture import Picture, Reach

_MOST = 150
"""Rows and columns of a matrix that a person can still read."""


def traffic(network: Picture, environment: str) -> Iterator[str]:
    """The section of one environment."""
    title = environment or "platform"
    name = f"network-{escaped(title).replace(' ', '-')}"
    yield f'<section aria-labelledby="{name}">\n<h2 id="{name}">Network of {escaped(title)}</h2>\n'
    for label, found in (
        ("Led in by Ingresses, routes and Services", network.led),
        ("Reached from the internet, as far as policies go", network.from_internet),
        ("May call the internet", network.to_internet),
    ):
        items = "".join(f"<li>{_reach(each)}</li>\n" for each in found)
        count = f"{len(found):,}" if found else "nobody"
        yield f"<details><summary>{label}: {count}</summary><ul>{items}</ul></details>\n"
    yield from _matrix(network.reaches)
    yield "</section>\n"


def _reach(each: Reach) -> str:
    return f"{isolated(each.source)} → {isolated(each.destination)}: {isolated(each.ports)}"


def _matrix(reaches: Sequence[Reach]) -> Iterator[str]:
    """A row for each who reaches somebody, a column for each who is reached; a cell tells the ports."""
    sources = list(dict.fromkeys(each.source for each in reaches))[:_MOST]
    destinations = sorted({each.destination for each in reaches})[:_MOST]
    ports = {(each.source, each.destination): each.ports for each in reaches}
    head = row(["from \\ to", *map(isolated, destinations)], "th")
    body = "".join(
        row([isolated(source), *(isolated(ports.get((source, each), "")) for each in destinations)])
        for source in sources
    )
    yield "<details open><summary>Who may reach whom</summary>\n"
    yield '<div class="scroll" tabindex="0" role="region" aria-label="Who may reach whom"><table>\n'
    yield f"<thead>{head}</thead>\n<tbody>\n{body}</tbody></table></div></details>\n"
