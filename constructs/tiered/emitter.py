"""Canonical YAML that every reader understands alike.

Kubernetes reads YAML 1.1 (go-yaml v2 behind sigs.k8s.io/yaml), others read 1.2, and they disagree
on what `on`, `1e3`, `0o17`, `12:30` or `=` mean. So a string is written plain only where an
allow-list says that no reader can take it for anything else; all other strings are quoted, or are
literal blocks where they have several lines. Keys keep the order in which they were built.
"""

import math
import re
from collections.abc import Iterable, Mapping
from functools import lru_cache

_Trail = tuple["_Trail", str | int] | None
"""The way from the document to a value, innermost step last: text only when an error needs it."""

_WORD = r"[A-Za-z0-9_./@%+=,()$-]"
_PLAIN = re.compile(
    rf"(?:--)?[A-Za-z/]{_WORD}*(?:[ :]{_WORD}+)*"  # words, options, paths, URLs, image names
    r"|[0-9]+(?:m|s|[KMGT]i)"  # quantities
    r"|[0-9]+(?:\.[0-9]+){3}/[0-9]+"  # address blocks
)
_RESERVED = frozenset(("y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"))
# What cannot be seen, or ends a line for some reader only: controls, NEL, blanks other than the
# space, marks of direction and of byte order, tags, noncharacters. A list of our own, because
# str.isprintable differs between versions of Python and the output may not.
_UNSEEN = (
    r"\x00-\x09\x0b-\x1f\x7f-\xa0\xad\u1680\u180e\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000"
    r"\ufe00-\ufe0f\ufeff\ufff0-\uffff\U000e0000-\U000e0fff"
)
_ESCAPED = re.compile(rf'[\n"\\{_UNSEEN}]')
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# A literal block would need an indentation indicator for a first line that is blank or indented,
# and would hide blanks at the end of a line.
_NOT_LITERAL = re.compile(rf"\A[ \n]| $|[{_UNSEEN}\ud800-\udfff]", re.MULTILINE)
_FILLED_LINE = re.compile(r"^(?=.)", re.MULTILINE)
_SHORT_ESCAPES = {"\n": r"\n", "\t": r"\t", "\r": r"\r", '"': r"\"", "\\": r"\\"}
_EXACT = frozenset((str, int, bool, dict, list, float, type(None)))
_DEEPEST = 100
_LONGEST_IMPLICIT_KEY = 1000  # YAML admits 1024 characters, escapes and quotes included


class EmitError(ValueError):
    """A value has no YAML that all readers agree on; `pointer` (RFC 6901) says where it is."""

    def __init__(self, trail: _Trail, reason: str, mend: str) -> None:
        steps: list[str] = []
        while trail:
            trail, step = trail
            steps.append("/" + str(step).replace("~", "~0").replace("/", "~1"))
        self.pointer = "".join(reversed(steps))
        super().__init__(f"{self.pointer or 'the document'}: {reason}; {mend}")


def emit(document: Mapping[str, object]) -> str:
    """Write one document, without a leading `---` and with a newline at its end.

    Accepts mappings with string keys, lists, tuples, strings, booleans, None, finite floats and
    integers of 64 bits, and subclasses of these, which are written as their base value.

    Raises:
        EmitError: for every other value, naming its JSON pointer and how to mend it.
    """
    mapping = _base(document, None)
    if not isinstance(mapping, dict):
        raise EmitError(None, f"a document is a mapping, not {_kind(document)}", "wrap it in one")
    out: list[str] = []
    _block(mapping, lead="", pad="", trail=None, depth=1, out=out)
    return "".join(out) or "{}\n"


def emit_all(documents: Iterable[Mapping[str, object]]) -> str:
    """Write several documents with `---` between them; raises EmitError as `emit` does."""
    return "---\n".join(map(emit, documents))


def _block(
    block: dict[object, object] | list[object],
    *,
    lead: str,
    pad: str,
    trail: _Trail,
    depth: int,
    out: list[str],
) -> None:
    """Write the entries of a mapping or list, the first behind `lead`, the others behind `pad`."""
    if depth > _DEEPEST:
        reason = f"nested deeper than {_DEEPEST} levels, or contained in itself"
        raise EmitError(trail, reason, "flatten it or break the cycle")
    in_mapping = isinstance(block, dict)
    deeper = pad + "  "
    for key, value in block.items() if isinstance(block, dict) else enumerate(block):
        here = (trail, key if isinstance(key, int) else str(key))
        head = _key(key, lead, pad, here) if in_mapping else f"{lead}-"
        lead = pad
        if type(value) not in _EXACT:
            value = _base(value, here)  # noqa: PLW2901  the same value, freed of its subclass
        if isinstance(value, str):
            out.append(f"{head} {_text(value, deeper, here)}\n")
        elif value and isinstance(value, dict | list):
            if in_mapping:
                out.append(f"{head}\n")
                first = rest = deeper if isinstance(value, dict) else pad
            else:
                first, rest = f"{head} ", deeper
            _block(value, lead=first, pad=rest, trail=here, depth=depth + 1, out=out)
        else:
            out.append(f"{head} {_atom(value, here)}\n")


def _key(key: object, lead: str, pad: str, here: _Trail) -> str:
    if not isinstance(key, str):
        raise EmitError(here, f"a key is a string, not {_kind(key)}", f'write "{key}"')
    text = _inline(str.__str__(key), here)
    if len(text) > _LONGEST_IMPLICIT_KEY:
        return f"{lead}? {text}\n{pad}:"
    return f"{lead}{text}:"


def _text(text: str, pad: str, here: _Trail) -> str:
    if "\n" not in text or _NOT_LITERAL.search(text):
        return _inline(text, here)
    chomping = "-" if text[-1] != "\n" else "+" if text[-2] == "\n" else ""
    return f"|{chomping}\n" + _FILLED_LINE.sub(pad, text.removesuffix("\n"))


def _inline(text: str, here: _Trail) -> str:
    try:
        return _one_line(text)
    except UnicodeEncodeError as error:
        reason = f"half a surrogate pair at character {error.start + 1}"
        raise EmitError(here, reason, "decode the text it came from correctly") from None


@lru_cache(maxsize=1 << 13)
def _one_line(text: str) -> str:
    """Write plain what no reader can take for anything but this string, and quote the rest."""
    if _PLAIN.fullmatch(text) and text.lower() not in _RESERVED:
        return text
    if _SURROGATE.search(text):
        text.encode()  # raises, and knows the position
    return f'"{_ESCAPED.sub(_escape, text)}"'


def _escape(match: re.Match[str]) -> str:
    # Not JSON beyond the BMP: to YAML a pair of \u escapes is two broken characters.
    code = ord(match[0])
    return _SHORT_ESCAPES.get(match[0]) or (f"\\u{code:04x}" if code < 1 << 16 else f"\\U{code:08x}")


def _atom(value: object, here: _Trail) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case int():
            if not -(1 << 63) <= value < 1 << 63:
                raise EmitError(here, "an integer beyond 64 bits loses digits", "write a string")
            return str(value)
        case float():
            if not math.isfinite(value):
                raise EmitError(here, f"{value} is not a number to Kubernetes", "leave it out")
            text = repr(value)
            # Without the point YAML 1.1 reads 1e+16 as a string.
            return text if "." in text else text.replace("e", ".0e")
    return "{}" if isinstance(value, dict) else "[]"


def _base(value: object, here: _Trail) -> object:
    """Return the value as exactly one of YAML's own types."""
    match value:
        case None | bool():
            return value
        case str():
            return str.__str__(value)
        case int():
            return int.__int__(value)
        case float():
            return float.__float__(value)
        case Mapping():
            return dict(value)
        case list() | tuple():
            return list(value)
    mend = "sort it into a list" if isinstance(value, set | frozenset) else "turn it into one"
    reason = f"{_kind(value)} is no mapping, list, string, number, boolean or null"
    raise EmitError(here, reason, mend)


def _kind(value: object) -> str:
    return f"a value of type {type(value).__name__}"
