"""JSON text to a document. What Python's reader lets pass, and JSON has no word for, the nodes tell."""

import json
import re
from math import isfinite

from tierpolicies.documents.nodes import (
    MAX_DEPTH,
    Document,
    Problem,
    Value,
    too_deep,
    too_large,
    unread,
)
from tierpolicies.documents.scalars import json_number

# JSON is YAML once what only JSON allows in it is blank: tabs, escapes of surrogates, and
# characters that YAML forbids or takes for the end of a line.
_SURROGATE = r"\\u[dD][89a-fA-F][0-9a-fA-F]{2}"
_JSON_ONLY = (  # compiled when the first place is looked up: it takes some milliseconds
    r"[^\n\r\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]|" + _SURROGATE
)

_MOST_VALUES = 1_000_000


def document(text: str) -> Document:
    """The one document of a JSON text."""
    if text.count(",") > _MOST_VALUES:
        return unread(text, too_large(1, 1, f"{_MOST_VALUES:,} values"))
    try:
        value, is_doubtful = _loaded(text)
        if re.search(_SURROGATE, text):
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as error:
        mend = "Mend the JSON at this place; it often is a comma or a quote just before."
        return unread(text, Problem("syntax", f"not JSON: {error.msg}", mend, error.lineno, error.colno))
    except RecursionError:
        return unread(text, too_deep(1, 1))
    except UnicodeEncodeError:
        message = "a character that JSON does not allow: half of a surrogate pair"
        return unread(text, Problem("encoding", message, "Remove it, or write the other half.", 1, 1))
    except (ValueError, OverflowError) as error:
        return unread(text, Problem("number", f"not JSON: {error}", "Write a finite number.", 1, 1))
    return _doubted(text, value) if is_doubtful else Document(value, 0, len(text), 0)


def as_yaml(text: str) -> str:
    """The same text, each character at its place, such that a reader of YAML does not stumble."""
    return re.sub(_JSON_ONLY, lambda match: " " * len(match[0]), text)


def _loaded(text: str) -> tuple[Value, bool]:
    """The value, and whether its nodes have to be looked at: for equal keys and for depth."""
    is_doubtful = False

    def mapping(pairs: list[tuple[str, Value]]) -> dict[str, Value]:
        nonlocal is_doubtful
        result = dict(pairs)
        is_doubtful |= len(result) != len(pairs)
        return result

    value: Value = json.loads(
        text, object_pairs_hook=mapping, parse_int=_integer, parse_float=_finite, parse_constant=_finite
    )
    return value, is_doubtful or _is_deep(value)


def _doubted(text: str, value: Value) -> Document:
    """The document with what its nodes tell: Python takes the last of two equal keys."""
    from tierpolicies.documents.composer import documents  # noqa: PLC0415 (12 ms, rarely needed)

    found = documents(as_yaml(text))
    if not found or found[0].number < 0:
        return found[0] if found else Document(value, 0, len(text), 0)
    return found[0]._replace(value=value)


def _is_deep(value: Value) -> bool:
    level = [value]
    for _ in range(MAX_DEPTH - 1):
        level = [child for each in level for child in _containers(each)]
        if not level:
            return False
    return True


def _containers(value: Value) -> list[Value]:
    inner = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [each for each in inner if isinstance(each, dict | list)]


def _integer(digits: str) -> int | float:
    return json_number(int(digits))


def _finite(number: str) -> float:
    value = float(number)
    if not isfinite(value):
        raise ValueError(f"{number} is beyond the numbers of JSON")
    return value
