"""Nodes and how full they are, as one picture."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from tierpolicies.quantity import bytes_text, cpu_text
from tierpolicies.report.html.elements import escaped

if TYPE_CHECKING:  # only a check with a platform pays for it
    from tierpolicies.capacity.scenarios.filled import Filled, Load

_WIDTH, _NAME, _BAR, _GAP = 720, 130, 14, 8
_COLOURS = 8


def picture(nodes: Sequence[Filled]) -> str:
    """An SVG with two bars a node, CPU above memory, and a piece for each workload on it."""
    names = sorted({load.workload for node in nodes for load in node.loads})
    colour = {name: number % _COLOURS for number, name in enumerate(names)}
    step = 2 * _BAR + _GAP + 4
    height = step * len(nodes) + _GAP
    label = f"{len(nodes)} node{'' if len(nodes) == 1 else 's'} with what their pods request"
    size = f'viewBox="0 0 {_WIDTH} {height}" xmlns="http://www.w3.org/2000/svg"'
    parts = [f'<svg class="nodes" role="img" aria-label="{label}" {size}>\n']
    for number, node in enumerate(nodes):
        parts += _node(node, number * step + _GAP, colour)
    parts.append("</svg>\n")
    return "".join(parts)


def _node(node: Filled, top: int, colour: dict[str, int]) -> Iterator[str]:
    name, asked, given = escaped(node.node.name), node.requested, node.capacity
    yield f'<text x="0" y="{top + _BAR + 2}">{name}</text>\n'
    cpu = [(load, load.requested.cpu_milli) for load in node.loads]
    memory = [(load, load.requested.memory_bytes) for load in node.loads]
    says = f"{name}: {cpu_text(asked.cpu_milli)} of {cpu_text(given.cpu_milli)} CPU"
    yield f"<g><title>{says}</title>\n"
    yield from _bar(cpu, given.cpu_milli, top=top, colour=colour)
    says = f"{name}: {bytes_text(asked.memory_bytes)} of {bytes_text(given.memory_bytes)} memory"
    yield f"</g>\n<g><title>{says}</title>\n"
    yield from _bar(memory, given.memory_bytes, top=top + _BAR + 2, colour=colour)
    yield "</g>\n"


def _bar(loads: Sequence[tuple[Load, int]], given: int, *, top: int, colour: dict[str, int]) -> Iterator[str]:
    # What is asked for beyond what is there is drawn to scale too: the frame is then the shorter one.
    scale = (_WIDTH - _NAME) / max(given, sum(amount for _, amount in loads), 1)
    yield _piece("room", _NAME, top, given * scale)
    left = float(_NAME)
    for load, amount in loads:
        if amount:
            count = f" x {load.count}" if load.count > 1 else ""
            title = f"{escaped(load.workload)}{count}: {escaped(str(load.requested))}"
            piece = _piece(f"load-{colour[load.workload]}", left, top, amount * scale)
            yield f"<g><title>{title}</title>{piece}</g>\n"
            left += amount * scale


def _piece(kind: str, left: float, top: int, width: float) -> str:
    return f'<rect class="{kind}" x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}"/>'
