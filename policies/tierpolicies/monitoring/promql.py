"""PromQL expressions: whether they can be read, and which metrics they are about."""

import re
from functools import lru_cache
from typing import NamedTuple

from tierpolicies.documents.view import View

_EXPERIMENTAL = re.compile(r"\b(?:smoothed|anchored|fill(?:_left|_right)?)\b")
"""Words of Prometheus' experimental syntax, which the parser does not know yet."""
_VARIABLE = re.compile(r"\$\{?\w+(?::\w+)?\}?|\[\[\w+\]\]")
_RANGE = re.compile(r"\[[^\]]*\$[^\]]*\]")


class Reading(NamedTuple):
    """What is wrong with an expression, and the metrics that it names."""

    problem: str
    metrics: frozenset[str]


@lru_cache(maxsize=4096)
def read(expression: str) -> Reading:
    """Reads an expression as Prometheus does. Its experimental syntax counts as right."""
    import promql_parser  # noqa: PLC0415 (only trees with alerts or dashboards pay for it)

    try:
        parsed = promql_parser.parse(expression)
    except ValueError as error:
        told = "" if _EXPERIMENTAL.search(expression) else str(error).strip().splitlines()[0]
        return Reading(told, frozenset())
    names: set[str] = set()

    def collect(node: promql_parser.Expr) -> bool:
        if isinstance(node, promql_parser.VectorSelector):
            if node.name:
                names.add(node.name)
            for matcher in node.matchers.matchers:
                if matcher.name == "__name__" and matcher.op == promql_parser.MatchOp.Equal:
                    names.add(matcher.value)
        return True

    promql_parser.walk(parsed, collect)
    return Reading("", frozenset(names))


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
    import promql_parser  # noqa: PLC0415 (as above)

    try:
        return promql_parser.parse_duration(duration.text).total_seconds() if duration.text else None
    except ValueError:
        return None
