"""An entry put into a collection of a YAML text or taken out; every other character stays as it is.

What is put in and taken out again leaves the very text that was there before. A new entry takes its place
by the alphabet where its neighbours are in that order, else the last one, and follows their style.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import yaml

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import parse
from tierwright.fixing.edit import flow_scalar, last_line

Path = Sequence[str | int]
_WIDEST = 80  # columns of a mapping on one line, without its margin


class EntryError(Exception):
    """The text has no collection at the path, or is written in a way that cannot be edited by machine."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{'.'.join(map(str, path)) or 'the document'} {reason}")


@dataclass(frozen=True)
class _Child:
    """One entry of a collection: where it begins, and the node that it ends with."""

    name: object
    first: yaml.Node
    last: yaml.Node

    @property
    def last_line(self) -> int:
        return max(last_line(self.last), last_line(self.first))  # an alias tells its anchor's place


def with_entry(text: str, path: Path, key: str, entry: Value) -> str:
    """The text with `key: entry` in the mapping at `path`.

    Raises:
        EntryError: there is no such mapping, it has the key already, or only a person can edit it.
    """
    node = _collection(text, path, yaml.MappingNode)
    children = _children(node)
    if any(child.name == key for child in children):
        raise EntryError([*path, key], "stands there already")
    names = [str(child.name) for child in children]
    in_order = names == sorted(names)
    index = sum(name < key for name in names) if in_order else len(names)
    if _is_flow(node):
        after = _put_flow(text, node, index, f"{flow_scalar(key)}: {_flow(entry)}")
    else:
        after = _put_block(text, node, index, _block(key, entry, like=children[index - 1]))
    return _proved(text, after, path, lambda held: _mapping(held) | {key: entry})


def with_item(text: str, path: Path, item: str) -> str:
    """The text with one more item at the end of the list at `path`.

    Raises:
        EntryError: there is no such list, or only a person can edit it.
    """
    node = _collection(text, path, yaml.SequenceNode)
    index = len(node.value)
    if _is_flow(node):
        after = _put_flow(text, node, index, flow_scalar(item))
    else:
        after = _put_block(text, node, index, [f"- {flow_scalar(item)}"])
    return _proved(text, after, path, lambda held: [*_list(held), item])


def without_entry(text: str, path: Path, key: str) -> str:
    """The text without an entry of the mapping at `path`, and the comment above it; emptied it is `{}`.

    Raises:
        EntryError: there is no such entry, or only a person can edit it.
    """
    after = _without(text, _collection(text, path, yaml.MappingNode), [*path, key], key)
    return _proved(text, after, path, lambda held: {k: v for k, v in _mapping(held).items() if k != key})


def without_item(text: str, path: Path, item: str) -> str:
    """The text without an item of the list at `path`, and the comment above it; emptied it is `[]`.

    Raises:
        EntryError: there is no such item, or only a person can edit it.
    """
    after = _without(text, _collection(text, path, yaml.SequenceNode), [*path, item], item)
    return _proved(text, after, path, lambda held: [each for each in _list(held) if each != item])


def _collection(text: str, path: Path, kind: type[yaml.CollectionNode]) -> yaml.CollectionNode:
    node = yaml.compose(text, Loader=yaml.CSafeLoader)
    for number, step in enumerate(path):
        if isinstance(node, yaml.SequenceNode) and isinstance(step, int) and step < len(node.value):
            node = node.value[step]
            continue
        found = next((c.last for c in _children(node) if c.name == step), None)
        if found is None:
            raise EntryError(path[: number + 1], "is not there")
        node = found
    if not isinstance(node, kind):
        raise EntryError(path, f"is not a {'mapping' if kind is yaml.MappingNode else 'list'}")
    return node


def _children(node: yaml.Node | None) -> list[_Child]:
    if isinstance(node, yaml.MappingNode):
        return [_Child(key.value, key, value) for key, value in node.value]
    if isinstance(node, yaml.SequenceNode):
        return [_Child(item.value, item, item) for item in node.value]
    return []


def _is_flow(node: yaml.CollectionNode) -> bool:
    return bool(node.flow_style)


def _put_flow(text: str, node: yaml.CollectionNode, index: int, written: str) -> str:
    children = _children(node)
    if index:
        at, written = children[index - 1].last.end_mark.index, f", {written}"
    elif children:
        at, written = children[0].first.start_mark.index, f"{written}, "
    else:
        at = node.start_mark.index + 1
    return text[:at] + written + text[at:]


def _put_block(text: str, node: yaml.CollectionNode, index: int, written: Sequence[str]) -> str:
    lines, children = text.split("\n"), _children(node)
    at = children[index - 1].last_line + 1 if index else _first_line(lines, children[0])
    margin = " " * _column(lines, node, children[0])
    ending = "\r" if lines[0].endswith("\r") else ""
    put = [f"{margin}{line}{ending}" for line in written]
    if at == len(lines):  # the last line of a text may lack its ending
        lines[-1] += ending
        put[-1] = put[-1].rstrip("\r")
    return "\n".join([*lines[:at], *put, *lines[at:]])


def _first_line(lines: Sequence[str], first: _Child) -> int:
    """Where the first entry goes: above the comment of the one that was first."""
    line: int = first.first.start_mark.line
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
    return line


def _column(lines: Sequence[str], node: yaml.CollectionNode, first: _Child) -> int:
    mark = first.first.start_mark
    if isinstance(node, yaml.MappingNode):
        return int(mark.column)
    return lines[mark.line][: mark.column].rindex("-")


def _without(text: str, node: yaml.CollectionNode, path: Path, name: str) -> str:
    children = _children(node)
    index = next((i for i, child in enumerate(children) if child.name == name), None)
    if index is None:
        raise EntryError(path, "is not there")
    if _is_flow(node):
        return _cut_flow(text, children, index)
    lines, child = text.split("\n"), children[index]
    start, end = child.first.start_mark.line, child.last_line + 1
    while end > start + 1 and not lines[end - 1].strip():
        end -= 1
    if len(children) == 1:
        return _emptied(lines, node, start, end)
    above = children[index - 1].last_line if index else -1
    while start - 1 > above and lines[start - 1].lstrip().startswith("#"):
        start -= 1  # a comment above an entry is about it
    if end == len(lines):
        lines[start - 1] = lines[start - 1].rstrip("\r")
    return "\n".join([*lines[:start], *lines[end:]])


def _cut_flow(text: str, children: Sequence[_Child], index: int) -> str:
    child = children[index]
    start, end = child.first.start_mark.index, child.last.end_mark.index
    if index:
        start = children[index - 1].last.end_mark.index
    elif len(children) > 1:
        end = children[1].first.start_mark.index
    return text[:start] + text[end:]


def _emptied(lines: Sequence[str], node: yaml.CollectionNode, start: int, end: int) -> str:
    """The text with an empty collection behind the key that the only entry stood below."""
    empty = "{}" if isinstance(node, yaml.MappingNode) else "[]"
    while start and (not lines[start - 1].strip() or lines[start - 1].lstrip().startswith("#")):
        start -= 1
    if not start:
        return "\n".join([*lines[:start], empty, *lines[end:]])
    key, mark, comment = lines[start - 1].rstrip().partition(" #")
    return "\n".join([*lines[: start - 1], f"{key.rstrip()} {empty}{mark}{comment}", *lines[end:]])


def _block(key: str, entry: Value, *, like: _Child) -> list[str]:
    """The lines of an entry: a mapping on a line of its own, or below its key as its neighbour's is."""
    spread = isinstance(like.last, yaml.MappingNode) and not like.last.flow_style
    return written(key, entry, spread=spread)


def written(key: str, value: Value, *, spread: bool) -> list[str]:
    """The lines of `key: value`, as a person would write them.

    A mapping of mappings is spread over lines, what holds none stands on one line, unless that were too
    long. `spread` decides it for the value itself.
    """
    line = f"{flow_scalar(key)}: {_flow(value)}"
    if not isinstance(value, dict) or not value or (not spread and len(line) <= _WIDEST):
        return [line]
    inner = [
        line
        for name, each in value.items()
        for line in written(name, each, spread=isinstance(each, dict) and _holds_mappings(each))
    ]
    return [f"{flow_scalar(key)}:", *(f"  {line}" for line in inner)]


def _holds_mappings(value: Mapping[str, Value]) -> bool:
    return any(isinstance(each, dict) for each in value.values())


def _flow(value: Value) -> str:
    match value:
        case dict():
            return "{" + ", ".join(f"{flow_scalar(key)}: {_flow(each)}" for key, each in value.items()) + "}"
        case list():
            return "[" + ", ".join(map(_flow, value)) + "]"
        case _:
            return flow_scalar(value)


def _proved(text: str, after: str, path: Path, change: Callable[[Value], Value]) -> str:
    """The edited text, if reading it gives what reading the former one gave, changed at the path alone."""
    read = parse(after, file="")
    if read.problems or read.value != _changed(parse(text, file="").value, path, change):
        raise EntryError(path, "is written in a way that only a person can edit (an anchor or a merge?)")
    return after


def _changed(value: Value, path: Path, change: Callable[[Value], Value]) -> Value:
    if not path:
        return change(value)
    step, *rest = path
    if isinstance(value, dict):
        return {key: _changed(each, rest, change) if key == step else each for key, each in value.items()}
    if isinstance(value, list):
        return [_changed(each, rest, change) if i == step else each for i, each in enumerate(value)]
    return value


def _mapping(value: Value) -> dict[str, Value]:
    return value if isinstance(value, dict) else {}


def _list(value: Value) -> list[Value]:
    return value if isinstance(value, list) else []
