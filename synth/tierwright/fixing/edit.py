"""One value of a YAML text changed or removed; every other character stays as it is.

Comments, order, quotes and blank lines are a person's work, so the text is cut at the places that the
parser tells and never written anew.
"""

from __future__ import annotations

from collections.abc import Iterator

import yaml

from tiered.emitter import emit
from tierpolicies.documents.scalars import Scalar, plain
from tierpolicies.engine.finding import Mend

_FLOW_MARKS = frozenset(",[]{}")


def edited(text: str, mend: Mend) -> str | None:
    """The text with a mend carried out; nothing where its place does not hold what it should."""
    root = yaml.compose(text, Loader=yaml.CSafeLoader)
    for parent, node in _nodes(root, None):
        mark = node.start_mark
        if (mark.line + 1, mark.column + 1) != (mend.place.line, mend.place.column):
            continue
        if mend.remove:
            return _without(text, parent, node)
        if isinstance(node, yaml.ScalarNode) and _value(node) == mend.old:
            return text[: mark.index] + _written(mend.value, node) + text[node.end_mark.index :]
    return None


def changed_line(before: str, after: str) -> tuple[int, str] | None:
    """The number, from 1, and the new text of the only line that differs; nothing where more does."""
    old, new = before.split("\n"), after.split("\n")
    if len(old) != len(new):
        return None
    differing = [number for number, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]]
    return (differing[0] + 1, new[differing[0]]) if len(differing) == 1 else None


def _nodes(node: yaml.Node | None, parent: yaml.Node | None) -> Iterator[tuple[yaml.Node | None, yaml.Node]]:
    """Every node with the collection it is in; the outermost first where several begin at one place."""
    if node is None:
        return
    yield parent, node
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            yield from _nodes(key, node)
            yield from _nodes(value, node)
    elif isinstance(node, yaml.SequenceNode):
        for item in node.value:
            yield from _nodes(item, node)


def _value(node: yaml.ScalarNode) -> Scalar:
    text: str = node.value
    return text if node.style else plain(text)


def _written(value: Scalar, node: yaml.ScalarNode) -> str:
    """A scalar in the quotes that stood there, or plain where it may be."""
    if isinstance(value, str) and node.style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    if node.style == '"' and isinstance(value, str) and not _emitted(value).startswith('"'):
        return f'"{value}"'
    return flow_scalar(value)


def flow_scalar(value: Scalar) -> str:
    """A scalar as it may stand anywhere, be it among commas and brackets."""
    written = _emitted(value)
    if _FLOW_MARKS.isdisjoint(written) or written.startswith(("'", '"')):
        return written
    return "'" + written.replace("'", "''") + "'"


def _emitted(value: Scalar) -> str:
    if isinstance(value, str) and "\n" in value:
        return emit({value: None}).removesuffix(": null\n")  # a key has one line, a value may have several
    return emit({"v": value}).removeprefix("v: ").rstrip("\n")


def _without(text: str, parent: yaml.Node | None, node: yaml.Node) -> str | None:
    """The text without an item of a block list and the comment above it; an emptied list is `[]`."""
    if not isinstance(parent, yaml.SequenceNode) or parent.flow_style:
        return None
    lines = text.split("\n")
    items = [item.start_mark.line for item in parent.value]
    index = parent.value.index(node)
    start, end = items[index], last_line(node) + 1
    while not lines[end - 1].strip():
        end -= 1
    if len(items) == 1:
        return "\n".join([*lines[: start - 1], f"{lines[start - 1].rstrip()} []", *lines[end:]])
    while lines[start - 1].lstrip().startswith("#"):
        start -= 1  # a comment above an item is about it
    return "\n".join([*lines[:start], *lines[end:]])


def last_line(node: yaml.Node) -> int:
    """The line, from 0, of a node's last character: the parser ends a block where the next thing begins."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return max(last_line(node.value[-1][1]), last_line(node.value[-1][0]))
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return last_line(node.value[-1])
    line: int = node.end_mark.line
    return line - 1 if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">") else line
