"""What a plain YAML scalar means to Kubernetes.

Kubernetes reads YAML by sigs.k8s.io/yaml: go-yaml v2, then JSON. So YAML 1.1 booleans (`y`, `on`),
octal in both spellings, no sexagesimal numbers, timestamps as strings, and a float with an
integral value is an integer, because that is what is left of it in JSON.
"""

import re
from functools import lru_cache

Scalar = str | int | float | bool | None

_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"), True),
    **dict.fromkeys(("n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"), False),
    **dict.fromkeys(("", "~", "null", "Null", "NULL"), None),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = re.compile(r"([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[oO]([0-7]+)|0[bB]([01]+)|0([0-7]+)|(0|[1-9][0-9]*))")
_BASES = (16, 8, 2, 8, 10)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NUMERIC_START = frozenset("+-.0123456789")
_INT64, _UINT64 = 2**63, 2**64
_INFINITE = float("inf")


def json_number(number: float) -> int | float:
    """The number after Go has written it to JSON and read it back."""
    if isinstance(number, int):
        return number if -_INT64 <= number < _INT64 else float(number)
    return int(number) if number.is_integer() and abs(number) < _INT64 else number


@lru_cache(maxsize=65536)
def plain(text: str) -> Scalar:
    """The value of an unquoted scalar without a tag."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _NUMERIC_START:
        return text
    # Go drops every underscore before it parses, except where the text begins with a point.
    digits = text if text[0] == "." else text.replace("_", "")
    if (match := _INTEGER.fullmatch(digits)) and (integer := _integer(match)) is not None:
        return json_number(integer)
    if _FLOAT.fullmatch(digits) and abs(number := float(digits)) != _INFINITE:
        return json_number(number)
    return text


def _integer(match: re.Match[str]) -> int | None:
    """The integer, or nothing where it needs more than 64 bits (Go then reads a float)."""
    base, digits = next(
        (base, group) for base, group in zip(_BASES, match.groups()[1:], strict=True) if group is not None
    )
    if len(digits) > 64:
        return None
    number = int(digits, base)
    if match[1] == "-":
        return -number if number <= _INT64 else None
    return number if number < (_INT64 if match[1] else _UINT64) else None
