"""YAML nodes to plain values: one walk, with a budget against aliases that explode."""

from base64 import b64decode
from collections.abc import Sequence
from math import isfinite
from typing import cast

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from tierpolicies.documents.nodes import MAX_DEPTH, Problem, Value, key_text, too_deep
from tierpolicies.documents.scalars import Scalar, plain

SPARE_NODES = 10_000
"""Values that aliases may add to what the text itself can hold."""

_TAG = "tag:yaml.org,2002:"


class Builder:
    """Makes values of nodes.

    `budget` is the number of nodes that aliases may lead to, `first_line` the line, from 0, on which
    the text of the nodes begins in its file.
    """

    def __init__(self, *, budget: int, first_line: int = 0) -> None:
        self.problems: list[Problem] = []
        self._left = budget
        self._first_line = first_line
        self._exploded = False

    def value(self, node: Node, depth: int) -> Value:
        """The value of a node; what cannot be one is null and a problem."""
        self._left -= 1
        if isinstance(node, ScalarNode):
            return self.scalar(node)
        if self._left < 0:
            self._report(
                "alias",
                "aliases expand to more values than a document may hold",
                "Write the values out, or use fewer anchors.",
                node,
            )
            return None
        if depth > MAX_DEPTH:
            self.problems.append(too_deep(self._line(node), node.start_mark.column + 1))
            return None
        if isinstance(node, SequenceNode):
            return [self.value(item, depth + 1) for item in node.value]
        return self._mapping(cast("MappingNode", node), depth + 1)

    def _mapping(self, node: MappingNode, depth: int) -> dict[str, Value]:
        result: dict[str, Value] = {}
        first: dict[str, Node] = {}
        for key_node, value_node in node.value:
            if is_merge(key_node):
                result |= self._merge(value_node, depth)
                continue
            key = self._key(key_node)
            if key is None:
                continue
            if key in first:
                place = f"first in line {self._line(first[key])}"
                self._report(
                    "duplicate-key",
                    f"the key {key!r} stands here a second time, {place}; only the last one counts",
                    "Remove one of the two.",
                    key_node,
                )
            first.setdefault(key, key_node)
            result[key] = self.value(value_node, depth)
        return result

    def _merge(self, node: Node, depth: int) -> dict[str, Value]:
        parts: Sequence[Node] = node.value if isinstance(node, SequenceNode) else [node]
        result: dict[str, Value] = {}
        for part in reversed(parts):  # the earlier part wins
            value = self.value(part, depth)
            if isinstance(value, dict):
                result |= value
            elif self._left >= 0:
                self._report("merge", "only a mapping can be merged", "Name a mapping.", part)
        return result

    def _key(self, node: Node) -> str | None:
        key = self.scalar(node) if isinstance(node, ScalarNode) else None
        if key is None:
            self._report("key", "a key that is not a string", "Write the key as a quoted string.", node)
        return key_text(key)

    def scalar(self, node: ScalarNode) -> Scalar:
        """The value of a scalar, by its tag or as Kubernetes understands the plain text."""
        tag, text = node.tag, node.value
        if not tag:
            if node.style:
                return cast("str", text)
            value = plain(text)
        elif tag.removeprefix(_TAG) in ("int", "float", "bool", "null"):
            value = plain(text)
            if isinstance(value, str):
                self._report(
                    "tag",
                    f"{text!r} is not a {tag.removeprefix(_TAG)}",
                    "Remove the tag or correct the value.",
                    node,
                )
        elif tag == f"{_TAG}binary":
            value = self._binary(node)
        else:
            value = text
        if isinstance(value, float) and not isfinite(value):
            mend = "Quote it, or use a finite number."
            self._report("number", f"{text} has no form in JSON", mend, node)
            return None
        return value

    def _binary(self, node: ScalarNode) -> str | None:
        try:
            return b64decode(node.value).decode()
        except ValueError:
            self._report("tag", "!!binary without base64 text", "Quote the text instead.", node)
            return None

    def _report(self, kind: str, message: str, mend: str, node: Node) -> None:
        if kind == "alias":
            if self._exploded:  # one broken anchor is met at every alias, and is told once
                return
            self._exploded = True
        self.problems.append(Problem(kind, message, mend, self._line(node), node.start_mark.column + 1))

    def _line(self, node: Node) -> int:
        line: int = node.start_mark.line
        return self._first_line + line + 1


def is_merge(node: Node) -> bool:
    """Whether a key says that another mapping's keys count as well."""
    return isinstance(node, ScalarNode) and node.value == "<<" and not node.style and not node.tag
