"""YAML or JSON text to plain values, with the place of every value and all problems found.

This part knows nothing of Kubernetes objects and imports only PyYAML, so whoever reads a YAML file
of his own may use it. The text is composed once by libyaml; values are made in one walk over
the nodes, and a position is looked up in the kept nodes only when somebody asks for it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from math import isfinite
from typing import Any

from yaml import Node, ScalarNode
from yaml._yaml import CParser
from yaml.composer import ComposerError
from yaml.error import Mark, MarkedYAMLError
from yaml.reader import ReaderError

from tierpolicies.documents.nodes import MAX_DEPTH, Builder, Places, Problem, Value, too_deep
from tierpolicies.documents.scalars import json_number

__all__ = ["Problem", "Source", "Value", "parse", "parse_all", "pointer", "steps"]

SPARE_NODES = 10_000
"""Nodes that aliases may add to what the text itself can hold."""

_KIND = re.compile(r"""^[{\s]*"?kind"?\s*:\s*["']?(\w+)""", re.MULTILINE)
_SEPARATOR = re.compile(r"^---(?=\s|$)", re.MULTILINE)
# JSON is YAML once what only JSON allows in it is blank: tabs, escapes of surrogates, and
# characters that YAML forbids or takes for the end of a line.
_SURROGATE = r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
_JSON_ONLY = (  # compiled when the first JSON file is read: it takes some milliseconds
    r"[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|" + _SURROGATE
)


@dataclass(frozen=True, slots=True)
class Source:
    """One document: its value, its problems and the way from a JSON pointer to a place.

    `guessed_kind` is what a text that could not be read seems to say of its `kind`.
    """

    file: str
    value: Value
    problems: tuple[Problem, ...]
    _node: Node | None = field(repr=False, compare=False)
    _first_line: int = 0
    guessed_kind: str | None = None
    _places: Places = field(default_factory=Places, repr=False, compare=False)

    def position(self, pointer: str, *, key: bool = False, offset: int = 0) -> tuple[int, int]:
        """Line and column, from 1, of the value at a JSON pointer, or of its key.

        Where the pointer leads nowhere the nearest enclosing value answers. `offset` counts characters
        of a text that is written as a literal block, and leads to the line they are on.
        """
        node, name = self._node, self._node
        for step in steps(pointer):
            found = self._places.child(node, step)
            if found is None:
                break
            name, node = found
        place = name if key else node
        if place is None:
            return self._first_line + 1, 1
        mark = place.start_mark
        if offset and isinstance(place, ScalarNode) and place.style == "|":
            return self._first_line + mark.line + 2 + place.value.count("\n", 0, offset), 1
        return self._first_line + mark.line + 1, mark.column + 1


def pointer(path: Iterable[str | int]) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and indices."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in path)


def steps(pointer: str) -> list[str]:
    """The keys and indices of a JSON pointer."""
    return [step.replace("~1", "/").replace("~0", "~") for step in pointer.split("/")[1:]]


def parse(text: str, *, file: str) -> Source:
    """The one document of a text; a further document is a problem."""
    sources = parse_all(text, file=file)
    if not sources:
        return Source(file, None, (), None)
    first = sources[0]
    further = tuple(
        Problem("documents", "a second YAML document", "Keep one document in this file.", line, 1)
        for line, _ in (source.position("") for source in sources[1:2])
    )
    return replace(first, problems=first.problems + further)


def parse_all(text: str, *, file: str) -> list[Source]:
    """Every document of a text that is not empty; a broken one does not hide the others."""
    if file.endswith(".json"):
        return [_json(text, file)]
    return _documents(text, file, 0)


def _documents(text: str, file: str, first_line: int) -> list[Source]:
    try:
        return [_source(node, text, file, first_line) for node in _compose(text)]
    except _UNREADABLE as error:
        starts = [0, *(match.start() for match in _SEPARATOR.finditer(text) if match.start())]
        if len(starts) == 1:
            return [_unread(file, text, _syntax(error, text, first_line))]
    # Kubernetes, too, splits a stream at these lines before it parses.
    sources: list[Source] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        part = text[start:end]
        sources += _documents(part, file, first_line)
        first_line += part.count("\n")
    return sources


def _unread(file: str, text: str, problem: Problem) -> Source:
    kind = _KIND.search(text)
    return Source(file, None, (problem,), None, guessed_kind=kind[1] if kind else None)


class _TooDeepError(Exception):
    """Raised in libyaml's recursion, which would otherwise end in a stack overflow."""


_UNREADABLE = (MarkedYAMLError, ReaderError, UnicodeEncodeError, _TooDeepError)


class _Parser(CParser):
    """libyaml's composer; scalars stay text (no tag), so that their meaning is decided here."""

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self._depth = 0

    def resolve(self, *_: object) -> str:
        return ""

    def descend_resolver(self, node: Node | None, _: object) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH + 1:
            raise _TooDeepError(node)

    def ascend_resolver(self) -> None:
        self._depth -= 1


def _compose(text: str) -> Iterator[Node]:
    parser: Any = _Parser(text)
    while parser.check_node():
        node = parser.get_node()
        if not (isinstance(node, ScalarNode) and not node.value and not node.style):
            yield node


def _source(node: Node, text: str, file: str, first_line: int) -> Source:
    builder = Builder(budget=len(text) + SPARE_NODES, first_line=first_line)
    value = builder.value(node, 0)
    return Source(file, value, tuple(builder.problems), node, first_line)


def _json(text: str, file: str) -> Source:
    try:
        value: Value = json.loads(
            text,
            parse_int=lambda digits: json_number(int(digits)),
            parse_float=_finite,
            parse_constant=_finite,
        )
        if re.search(_SURROGATE, text):
            json.dumps(value, ensure_ascii=False).encode()
        node = next(_compose(re.sub(_JSON_ONLY, lambda match: " " * len(match[0]), text)), None)
    except json.JSONDecodeError as error:
        mend = "Mend the JSON at this place; it often is a comma or a quote just before."
        problem = Problem("syntax", f"not JSON: {error.msg}", mend, error.lineno, error.colno)
        return _unread(file, text, problem)
    except RecursionError:
        return _unread(file, text, too_deep(1, 1))
    except (*_UNREADABLE, ValueError) as error:
        return _unread(file, text, _syntax(error, text))
    # Python reads what JSON has no word for, and the last of two equal keys: the nodes tell.
    builder = Builder(budget=len(text) + SPARE_NODES)
    if node is not None:
        builder.value(node, 0)
    return Source(file, value, tuple(builder.problems), node)


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is beyond the numbers of JSON")
    return value


def _syntax(error: Exception, text: str, first_line: int = 0) -> Problem:
    if isinstance(error, _TooDeepError):
        node = error.args[0]
        return too_deep(*_place(node.start_mark if node is not None else None, first_line))
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
