"""Plain block YAML, as manifests are nearly always written, to values in one pass over the lines.

This is no YAML parser but a short cut: it reads mappings and lists by their indentation, with values
that `plain_lines` or `joined_lines` know. It is seven times faster than libyaml with a walk over its
nodes, and safe because it gives up wherever it is not sure: at a line that is not plain, at an
indentation that no open mapping or list has, at a key that stands twice, at anything that follows a
value that is complete. Then libyaml answers; it also finds the places of values. What is read here is
what libyaml reads: tests compare the two on texts of every style and on mutations of real files.
"""

from typing import Any

from tierpolicies.documents.flow_yaml import NotPlainError
from tierpolicies.documents.joined_lines import block_scalar, continued, opened
from tierpolicies.documents.nodes import MAX_LINES, Value
from tierpolicies.documents.plain_lines import BLANK, BLOCK, DECLINED, OPEN, SET, Line, known_lines

__all__ = ["NotPlainError", "read"]

_MOST_LEVELS = 100


def read(text: str) -> tuple[Value, bool]:
    """The value of the one document in a text, which may begin with `---`; None for one without any.

    Tells, too, whether all its lines are plain, so that `line_places` finds places in it: none but block
    scalars goes on over lines. Raises NotPlainError where another reader has to read the text.
    """
    lines, known = _lines(text), known_lines
    nest = _Nest()
    current, level = nest.current, nest.level
    awaited: str | int | None = 0
    before = line = ""
    while lines:
        before, line = line, lines.pop()
        sort, at, key, value, within = known[line]
        if at != level:
            if sort == BLANK:
                continue
            if sort == DECLINED:
                nest.by_lines = False
                taken = opened(line, lines)
                if taken is None:
                    nest.replace(continued(before, line, lines, level >> 1))
                    awaited, line = None, ""
                    continue
                sort, at, key, value, within = taken
                line = ""
            if at != level:
                current = nest.move(at, awaited)
                level = at
        if sort == SET:
            if key in current:
                raise NotPlainError
            current[key] = None if value is OPEN else value
            awaited = key if value is OPEN else None
            continue
        if sort == BLOCK:
            value = block_scalar(str(value), lines, (within or at) >> 1)
        awaited = nest.add(key, value, within)
        current, level = nest.current, nest.level
    return nest.value, nest.by_lines


def _lines(text: str) -> list[str]:
    """The lines of a document, the first one last."""
    if text.count("\n") > MAX_LINES:
        raise NotPlainError
    lines = (text.replace("\r\n", "\n") if "\r" in text else text).split("\n")
    if not lines[-1]:
        lines.pop()
    elif "|" in text or ">" in text:
        raise NotPlainError  # the end of the text may cut off the last newline of a block scalar
    lines.reverse()
    if lines and lines[-1].startswith("---"):
        marker = known_lines["-" + lines.pop()[3:]]  # as an item: nothing or a comment may follow
        if marker[2] is not None or marker[3] is not OPEN:
            raise NotPlainError
    return lines


class _Nest:
    """The mapping or list that lines add to, its level as counted in plain_lines, and those around it.

    What is `awaited` is the key or index, in the current one, of a value that may begin below.
    """

    __slots__ = ("_outer", "_root", "by_lines", "current", "level")

    def __init__(self) -> None:
        self._root: list[Value] = [None]
        self._outer: list[tuple[int, Any]] = []
        self.current: Any = self._root
        self.level = -1
        self.by_lines = True

    @property
    def value(self) -> Value:
        """What was read."""
        return self._root[0]

    def move(self, at: int, awaited: str | int | None) -> Any:  # noqa: ANN401 (a mapping or a list)
        """The mapping or list at another level: one that begins here, or one that goes on."""
        level, current, outer = self.level, self.current, self._outer
        if at > level:
            if awaited is None or len(outer) > _MOST_LEVELS:
                raise NotPlainError
            child: list[Value] | dict[str, Value] = [] if at & 1 else {}
            current[awaited] = child
            outer.append((level, current))
            current = child
        else:
            while level > at:
                level, current = outer.pop()
            if level != at:
                raise NotPlainError
        self.level, self.current = at, current
        return current

    def add(self, key: str | None, value: Value, within: int) -> str | int | None:
        """Adds an item, or a key whose value is no scalar of one line; tells what is awaited then."""
        awaited: str | int | None = None
        if value is OPEN:
            value, awaited = None, -1 if key is None else key
        elif isinstance(value, list | dict):
            value = _copied(value)
        if within:
            item = {key: value}
            self.current.append(item)
            self._outer.append((self.level, self.current))
            self.current, self.level = item, within
        elif key is None:
            self.current.append(value)
        elif key in self.current:
            raise NotPlainError
        else:
            self.current[key] = value
        return awaited

    def replace(self, line: Line) -> None:
        """Sets once more the value that came last: its text went on."""
        self.current[-1 if line[2] is None else line[2]] = line[3]


def _copied(value: Value) -> Value:
    """A value of its own: the one remembered with its line must not be shared."""
    if isinstance(value, dict):
        return {key: _copied(each) for key, each in value.items()}
    return [_copied(each) for each in value] if isinstance(value, list) else value
