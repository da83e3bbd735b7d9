"""Values of plain block YAML that take several lines: block scalars, and what goes on over lines.

Scalars and flow collections that go on are joined to one line, which is then taken apart like any
other. The lines that are joined are deeper than their mapping or list; an empty line, a comment or the
key of a mapping among them gives the text up.
"""

import re

from tierpolicies.documents.flow_yaml import NotPlainError
from tierpolicies.documents.plain_lines import FLOW, ITEM, SET, Line, taken_apart

_OPENING = re.compile(r"( *)(?:(?:- +)?([^\s\"'#\[{:]+: +)|- +)([\"'\[{])")
_LONGEST = 100_000
_ESCAPED_QUOTE = re.compile(r'\\[\\"]')


def block_scalar(header: str, lines: list[str], column: int) -> str:
    """The text of a literal or folded block; its lines are taken off the end of `lines`.

    `column` is that of the mapping or list which the scalar is a value of.
    """
    content = _content(header, lines, column)
    body = _folded(content) if header[0] == ">" else "\n".join(content)
    if not body.replace("\n", "").replace("\t", "").isprintable():
        raise NotPlainError
    if "+" in header:
        return body + "\n" if content else ""
    body = body.rstrip("\n")
    return body + "\n" if body and "-" not in header else body


def _content(header: str, lines: list[str], column: int) -> list[str]:
    given = header.strip("|>+-")
    prefix = " " * (column + int(given)) if given else ""
    content: list[str] = []
    while lines:
        line = lines[-1]
        if line and not prefix:
            text = line.lstrip(" ")
            if not text or text[0] == "\t":
                raise NotPlainError  # what it means depends on the lines below
            if len(line) - len(text) <= column:
                break
            prefix = " " * (len(line) - len(text))
        if line.startswith(prefix):
            content.append(line[len(prefix) :])
        elif line.strip(" "):
            break
        else:
            content.append("")
        lines.pop()
    return content


def _folded(content: list[str]) -> str:
    """The lines as `>` joins them: by spaces, save where one is empty or begins with a blank."""
    parts: list[str] = []
    empty = 0
    before = ""
    for line in content:
        if not line:
            empty += 1
            continue
        if before:
            joined = line[0] not in " \t" and before[0] not in " \t"
            parts.append("\n" * (empty if joined else empty + 1) or " ")
        else:
            parts.append("\n" * empty)
        parts.append(line)
        before, empty = line, 0
    return "".join(parts) + "\n" * (empty if before else empty - 1)


def opened(line: str, lines: list[str]) -> Line | None:
    """What a line says whose value, in quotes or brackets, ends on a later line, if it is such a line."""
    match = _OPENING.match(line)
    if match is None:
        return None
    bracketed = match[3] in "[{"
    joined = _bracketed(line, lines) if bracketed else _quoted(line, lines, match[3], len(match[1]))
    taken = taken_apart(joined)
    if taken[0] not in (SET, ITEM, FLOW) or (taken[2] is None) != (match[2] is None):
        raise NotPlainError
    return taken


def _bracketed(line: str, lines: list[str]) -> str:
    """The lines up to where the brackets are closed, those in strings counted as well."""
    parts = [line]
    size = len(line)
    depth = _depth(line)
    while depth > 0 and lines and size < _LONGEST:
        following = lines.pop()
        if following.startswith(("---", "...")):
            raise NotPlainError
        parts.append(following)
        size += len(following)
        depth += _depth(following)
    return "\n".join(parts)


def _depth(text: str) -> int:
    return text.count("[") + text.count("{") - text.count("]") - text.count("}")


def _quoted(line: str, lines: list[str], quote: str, column: int) -> str:
    """The lines up to the closing quote, joined by spaces as YAML folds them."""
    parts = [line.rstrip(" ")]
    size = len(line)
    while lines and size < _LONGEST:
        text = _deeper(lines.pop(), column)
        if not text:
            raise NotPlainError
        parts.append(text)
        size += len(text)
        if (text if quote == "'" else _ESCAPED_QUOTE.sub("", text)).count(quote) % 2:
            return " ".join(parts)
    raise NotPlainError


def continued(before: str, line: str, lines: list[str], column: int) -> Line:
    """What the line before says, with this line and those below it as further text of its value.

    `column` is that of the mapping or list which the value stands in.
    """
    parts = [before.rstrip(" "), _deeper(line, column)]
    size = len(before)
    while lines and size < _LONGEST and (text := _deeper(lines[-1], column)):
        parts.append(text)
        size += len(text)
        lines.pop()
    joined = " ".join(parts)
    first, taken = taken_apart(before), taken_apart(joined)
    sorts = (SET, ITEM, FLOW) if len(parts) == 2 else (SET, ITEM)
    if not parts[1] or " #" in joined or first[0] not in (SET, ITEM):
        raise NotPlainError
    if taken[0] not in sorts or taken[2] != first[2]:
        raise NotPlainError
    return taken


def _deeper(line: str, column: int) -> str:
    """The text of a line that is deeper than a column, or nothing."""
    text = line.strip(" ")
    return text if line.startswith(" " * (column + 1)) else ""
