"""PromQL expressions: whether they can be read, and which metrics they are about."""

import re
from functools import lru_cache
from typing import NamedTuple

from tierpolicies.documents.view import View

_EXPERIMENTAL = re.compile(r"\b(?:smoothed|anchored|fill(?:_left|_right)?)\b")
"""Words of Prometheus' experimental syntax, which the parser does not know yet."""
_VARIABLE = re.compile(r"\$\{?\w+(?::\w+)?\}?|\[\[\w+\]\]")
_RANGE = re.compile(r"\[[^\]]*\$[^\]]*\]")

_LONGEST = 10_000
_MOST_OPERATORS = 200
_OPERATORS = re.compile(r"[(+*/%^<>=!-]|\b(?:and|or|unless|atan2)\b")
"""The parser's time grows with the square of these, and its stack with them: nobody writes so many."""

_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'|`[^`]*`', re.DOTALL)
_COMMENT = re.compile(r"#[^\n]*")
_LABELS = re.compile(
    r"\{[^{}]*\}|\[[^\]]*\]|\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^()]*\)", re.IGNORECASE
)
_NAMED = re.compile(r"""\b__name__\s*=\s*(?:"([^"\\]+)"|'([^'\\]+)')|\{\s*"([^"\\]+)"\s*[,}]""")
_NAME = re.compile(r"(?<![\w:.])[a-zA-Z_:][\w:]*(?![\w:]*\s*\()")
_WORDS = frozenset(
    ("and", "or", "unless", "atan2", "by", "without", "on", "ignoring", "group_left", "group_right", "bool")
) | {"offset", "inf", "nan"}

_TIME = re.compile(r"(?:(\d+)y)?(?:(\d+)w)?(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m(?!s))?(?:(\d+)s)?(?:(\d+)ms)?$")
_SECONDS = (31_536_000, 604_800, 86_400, 3600, 60, 1, 0.001)


class Reading(NamedTuple):
    """What is wrong with an expression, and the metrics that it names."""

    problem: str
    metrics: frozenset[str]


@lru_cache(maxsize=4096)
def read(expression: str) -> Reading:
    """Reads an expression as Prometheus does. Its experimental syntax counts as right."""
    import promql_parser  # noqa: PLC0415 (only trees with alerts or dashboards pay for it)

    if len(expression) > _LONGEST or len(_OPERATORS.findall(expression)) > _MOST_OPERATORS:
        return Reading("", frozenset())
    try:
        promql_parser.parse(expression)
    except ValueError as error:
        told = "" if _EXPERIMENTAL.search(expression) else str(error).strip().splitlines()[0]
        return Reading(told, frozenset())
    return Reading("", frozenset(_metrics(expression)))


def _metrics(expression: str) -> set[str]:
    """The names of metrics in an expression that can be read."""
    named = {name for groups in _NAMED.findall(expression) for name in groups if name}
    plain = _LABELS.sub(" ", _COMMENT.sub(" ", _STRING.sub('""', expression)))
    return named | {name for name in _NAME.findall(plain) if name.lower() not in _WORDS}


def read_query(query: str) -> Reading:
    """Reads a dashboard's query, with something in the place of its variables.

    What a variable stands for may be part of the syntax: then nothing is known of the query.
    """
    plain = _RANGE.sub("[5m]", query)
    if not _VARIABLE.search(plain):
        return read(plain)
    found = read(_VARIABLE.sub("x", plain))
    return Reading("", frozenset(name for name in found.metrics if name != "x"))


def seconds(duration: View) -> float | None:
    """The seconds of a duration such as `1h30m`; nothing where it is none."""
    match = _TIME.match(duration.text) if duration.text else None
    if match is None:
        return None
    return sum(int(count) * unit for count, unit in zip(match.groups(), _SECONDS, strict=True) if count)
