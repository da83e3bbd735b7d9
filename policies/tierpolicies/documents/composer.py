"""YAML text to nodes by libyaml, to documents, and its errors to problems: it reads all there is.

It takes seven times as long as `block_yaml` does for what is plain, and 12 ms to import.
"""

import re
from collections.abc import Iterator
from typing import Any

from yaml import Node, ScalarNode
from yaml._yaml import CParser
from yaml.composer import ComposerError
from yaml.error import Mark, MarkedYAMLError
from yaml.reader import ReaderError

from tierpolicies.documents.builder import SPARE_NODES, Builder
from tierpolicies.documents.nodes import (
    MAX_DEPTH,
    MAX_DOCUMENTS,
    MAX_NODES,
    Document,
    Problem,
    too_deep,
    too_large,
    unread,
)

_DIRECTIVE = re.compile("(?:^|[\n\r\x85\u2028\u2029])%TAG")
_MOST_DIRECTIVES = 100
"""Directives of a text; libyaml compares each with all before it."""
_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)


class _TooDeepError(Exception):
    """Raised in libyaml's recursion, which would otherwise end in a stack overflow."""


class _TooLargeError(Exception):
    """Raised before a text takes more memory or time than there may be; tells of more than what."""

    def __init__(self, what: str, node: Node | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.node = node


UNREADABLE = (MarkedYAMLError, ReaderError, UnicodeEncodeError, _TooDeepError, _TooLargeError)


class _Parser(CParser):
    """libyaml's composer; scalars stay text (no tag), so that their meaning is decided here."""

    def __init__(self, text: str, *, at_all: bool) -> None:
        super().__init__(text)
        self._at_all = at_all
        self._depth = 0
        self._left = MAX_NODES

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, node: Node | None, _: object) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            raise _TooDeepError(node)
        self._left -= 1
        if self._left < 0:
            raise _TooLargeError(f"{MAX_NODES:,} values in a document", node)

    def ascend_resolver(self) -> None:
        self._depth -= 1
        if not self._depth and not self._at_all:
            self._left = MAX_NODES


def compose(text: str, *, at_all: bool = False) -> Iterator[Node]:
    """The root node of each document that is not empty; raises one of UNREADABLE.

    No document may have more than MAX_NODES nodes, or all of them together.
    """
    if text.count("%TAG") > _MOST_DIRECTIVES < len(_DIRECTIVE.findall(text)):
        raise _TooLargeError(f"{_MOST_DIRECTIVES} directives")
    parser: Any = _Parser(text, at_all=at_all)
    left = MAX_DOCUMENTS
    while parser.check_node():
        node = parser.get_node()
        left -= 1
        if left < 0:
            raise _TooLargeError(f"{MAX_DOCUMENTS:,} documents", node)
        if not (isinstance(node, ScalarNode) and not node.value and not node.style):
            yield node


def documents(text: str, *, start: int = 0, first_line: int = 0) -> list[Document]:
    """Every document of a text that is not empty; a broken one does not hide the others.

    The text begins at the character `start` of its file, on the line `first_line`.
    """
    try:
        return [_document(node, number, text, start, first_line) for number, node in enumerate(compose(text))]
    except UNREADABLE as error:
        starts = [0, *(match.start() for match in _SEPARATOR.finditer(text) if match.start())]
        if len(starts) == 1 or len(starts) > MAX_DOCUMENTS:
            return [unread(text, _problem(error, text, first_line), start, first_line)]
    # Kubernetes, too, splits a stream at these lines before it parses.
    found: list[Document] = []
    for begin, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[begin:end]
        found += documents(part, start=start + begin, first_line=first_line)
        first_line += part.count("\n")
    return found


def _document(node: Node, number: int, text: str, start: int, first_line: int) -> Document:
    budget = min(len(text), MAX_NODES) + SPARE_NODES
    builder = Builder(budget=budget, first_line=first_line)
    value = builder.value(node, 0)
    return Document(value, start, start + len(text), first_line, number, tuple(builder.problems))


def _problem(error: Exception, text: str, first_line: int = 0) -> Problem:
    if isinstance(error, _TooDeepError):
        node = error.args[0]
        return too_deep(*_place(node.start_mark if node is not None else None, first_line))
    if isinstance(error, _TooLargeError):
        return too_large(*_place(error.node.start_mark if error.node else None, first_line), error.what)
    if isinstance(error, MarkedYAMLError):
        mark = error.problem_mark or error.context_mark
        reason = error.problem or error.context or "cannot be read"
        if isinstance(error, ComposerError) and error.context:
            reason = f"{error.context}, {reason}"
        line, column = _place(mark, first_line)
        if mark and text[mark.index : mark.index + 1] == "\t":
            message = f"not YAML: a tab stands at line {line}: indent with spaces"
            return Problem("syntax", message, "Replace the tab by spaces.", line, column)
        mend = "Mend the YAML at this place; it often is an indentation or a quote just above."
        return Problem("syntax", f"not YAML: {reason}", mend, line, column)
    if isinstance(error, UnicodeEncodeError):
        offset, reason = error.start, "half of a surrogate pair"
    else:
        offset, reason = getattr(error, "position", 0), getattr(error, "reason", str(error))
    before = text[:offset]
    return Problem(
        "encoding",
        f"a character that YAML does not allow: {reason}",
        "Remove the character or write it as an escape in double quotes.",
        first_line + before.count("\n") + 1,
        offset - before.rfind("\n"),
    )


def _place(mark: Mark | None, first_line: int) -> tuple[int, int]:
    return (first_line + mark.line + 1, mark.column + 1) if mark else (first_line + 1, 1)
