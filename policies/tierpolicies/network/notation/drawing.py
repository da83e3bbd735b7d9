"""Connections as pictures: for Graphviz, for Mermaid, and as a matrix in SVG that needs no other program."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from html import escape

from tierpolicies.network.analysis.network import Connection
from tierpolicies.network.policies.ports import ALL, PortSpace
from tierpolicies.network.topology.endpoints import Endpoint

_CELL, _LETTER, _MARGIN = 22, 6.6, 12
"""Sizes of the matrix in pixels: a cell, a letter of a name at 11 px, the space around."""
_EVERYTHING, _OUTSIDE, _SOME = "#b3261e", "#c77700", "#1c6e8c"


def dot(space: PortSpace, connections: Sequence[Connection]) -> Iterator[str]:
    """A digraph with a cluster a namespace."""
    yield "digraph {"
    for namespace, members in _by_namespace(connections).items():
        if namespace:
            yield f"  subgraph {_quoted(f'cluster_{namespace}')} {{"
            yield f"    label={_quoted(namespace)}"
        yield from (f"    {_quoted(each.name)}" for each in members)
        if namespace:
            yield "  }"
    for source, destination, ports in connections:
        label = _quoted(space.text(ports))
        yield f"  {_quoted(source.name)} -> {_quoted(destination.name)} [label={label}]"
    yield "}"


def mermaid(space: PortSpace, connections: Sequence[Connection]) -> Iterator[str]:
    """A flowchart with a box a namespace."""
    yield "flowchart LR"
    ids: dict[str, str] = {}
    for number, (namespace, members) in enumerate(_by_namespace(connections).items()):
        if namespace:
            yield f'  subgraph s{number}["{_entities(namespace)}"]'
        for each in members:
            ids[each.name] = f"n{len(ids)}"
            label = f"{each.short_name}[{each.name.rpartition('[')[2]}" if each.short_name else each.name
            yield f'    {ids[each.name]}["{_entities(label)}"]'
        if namespace:
            yield "  end"
    for source, destination, ports in connections:
        label = _entities(space.text(ports))
        yield f'  {ids[source.name]} -->|"{label}"| {ids[destination.name]}'


def svg(space: PortSpace, connections: Sequence[Connection]) -> Iterator[str]:
    """A matrix: who reaches, a row each; who is reached, a column each; a cell tells its ports."""
    rows = list(dict.fromkeys(each.source.name for each in connections))
    columns = sorted({each.destination.name for each in connections})
    left = max((len(each) for each in rows), default=0) * _LETTER + _MARGIN
    top = max((len(each) for each in columns), default=0) * _LETTER + _MARGIN
    width, height = (round(side) for side in (left + _CELL * len(columns), top + _CELL * len(rows)))
    size = f'width="{width + _MARGIN}" height="{height + _MARGIN}"'
    yield f'<svg xmlns="http://www.w3.org/2000/svg" {size} font-family="monospace" font-size="11">'
    yield "  <title>Who may reach whom</title>"
    for number, name in enumerate(rows):
        y = round(top + _CELL * (number + 0.65))
        yield f'  <text x="{round(left - 6)}" y="{y}" text-anchor="end">{escape(name)}</text>'
    for number, name in enumerate(columns):
        x = round(left + _CELL * (number + 0.65))
        turned = f'transform="rotate(-90 {x} {round(top - 6)})"'
        yield f'  <text x="{x}" y="{round(top - 6)}" {turned}>{escape(name)}</text>'
    at_row = {name: number for number, name in enumerate(rows)}
    at_column = {name: number for number, name in enumerate(columns)}
    for source, destination, ports in connections:
        x = round(left + _CELL * at_column[destination.name]) + 1
        y = round(top + _CELL * at_row[source.name]) + 1
        told = escape(f"{source.name} => {destination.name} : {space.text(ports)}")
        colour = _colour(source, destination, space.text(ports))
        box = f'<rect x="{x}" y="{y}" width="{_CELL - 2}" height="{_CELL - 2}" fill="{colour}">'
        yield f"  {box}<title>{told}</title></rect>"
    yield "</svg>"


Drawing = Callable[[PortSpace, Sequence[Connection]], Iterator[str]]
DRAWINGS: Mapping[str, Drawing] = {"dot": dot, "mermaid": mermaid, "svg": svg}


def _by_namespace(connections: Sequence[Connection]) -> dict[str, list[Endpoint]]:
    """Everyone in the connections, by namespace; addresses have none."""
    ends = {each.name: each for pair in connections for each in (pair.source, pair.destination)}
    found: dict[str, list[Endpoint]] = {}
    for each in sorted(ends.values(), key=lambda end: (end.namespace, end.name)):
        found.setdefault(each.namespace, []).append(each)
    return found


def _colour(source: Endpoint, destination: Endpoint, told: str) -> str:
    if told == ALL:
        return _EVERYTHING
    return _OUTSIDE if source.is_outside or destination.is_outside else _SOME


def _quoted(text: str) -> str:
    """A string of Graphviz."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _entities(text: str) -> str:
    """Text within quotes of Mermaid."""
    return text.replace("&", "&amp;").replace('"', "#quot;").replace("<", "&lt;")
