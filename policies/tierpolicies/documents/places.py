"""Where the values of a document stand, found by its nodes when somebody asks."""

from collections.abc import Iterable, Iterator
from contextlib import suppress

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from tierpolicies.documents.builder import Builder, is_merge
from tierpolicies.documents.composer import UNREADABLE, compose
from tierpolicies.documents.nodes import MAX_DEPTH, key_text

Pair = tuple[Node, Node]
"""A key and its value."""


class Places:
    """Finds the nodes of the documents of a text.

    A mapping is indexed when first asked about: many questions about one cost what reading it costs.
    """

    def __init__(self, text: str) -> None:
        self._roots = list(_composed(text))
        self._indexes: dict[MappingNode, dict[str, Pair]] = {}

    def position(
        self, number: int, steps: Iterable[str], *, key: bool = False, offset: int = 0
    ) -> tuple[int, int]:
        """Line and column, from 0 within the text, of a value of a document or of its key.

        See Source.position; the beginning of the text stands for a document that cannot be found.
        """
        if number >= len(self._roots):
            return 0, 0
        name = node = self._roots[number]
        for step in steps:
            found = self._child(node, step)
            if found is None:
                break
            name, node = found
        place = name if key else node
        mark = place.start_mark
        if offset and isinstance(place, ScalarNode) and place.style == "|":
            return mark.line + 1 + place.value.count("\n", 0, offset), 0
        return mark.line, mark.column

    def _child(self, node: Node, step: str) -> Pair | None:
        """The key and the value below a node; an item of a list is its own key."""
        if isinstance(node, SequenceNode):
            index = int(step) if step.isdecimal() else -1
            return (node.value[index],) * 2 if 0 <= index < len(node.value) else None
        return self._index(node).get(step) if isinstance(node, MappingNode) else None

    def _index(self, node: MappingNode, depth: int = 0) -> dict[str, Pair]:
        """The pairs by the text of their keys; as in a Builder's values, the last of equal keys counts."""
        if node in self._indexes:
            return self._indexes[node]
        pairs: dict[str, Pair] = {}
        self._indexes[node] = pairs  # already here, so that a mapping merged into itself ends
        builder = Builder(budget=0)
        for key, value in node.value:
            if is_merge(key):
                parts = value.value if isinstance(value, SequenceNode) else [value]
                for part in reversed(dict.fromkeys(parts)):  # each once: a bomb names one many times
                    if isinstance(part, MappingNode) and depth < MAX_DEPTH:
                        pairs |= self._index(part, depth + 1)
            elif isinstance(key, ScalarNode) and (text := key_text(builder.scalar(key))) is not None:
                pairs[text] = key, value
        return pairs


def _composed(text: str) -> Iterator[Node]:
    """The roots of a text, as far as they can be composed with the memory there may be."""
    with suppress(*UNREADABLE):
        yield from compose(text, at_all=True)
