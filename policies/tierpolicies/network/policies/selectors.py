"""Label selectors of policies: asked one by one, or all pods at once by bits."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.engine.selector import unmet

OPERATORS = ("In", "NotIn", "Exists", "DoesNotExist")
_WORD = r"[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?"
_DOMAIN = r"(?=[^/]{1,253}/)[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*/"
_KEY, _VALUE = re.compile(f"(?:{_DOMAIN})?{_WORD}"), re.compile(f"(?:{_WORD})?")
"""What apimachinery's validation takes for a label: a qualified name, and a word or nothing."""


class Requirement(NamedTuple):
    """A term of a selector; one of `matchLabels` is `In` with one value."""

    key: str
    operator: str
    values: tuple[str, ...]

    def __str__(self) -> str:
        """As `kubectl get -l` takes it; two that mean the same read the same."""
        match self.operator:
            case "Exists":
                return self.key
            case "DoesNotExist":
                return f"!{self.key}"
            case "In" if len(self.values) == 1:
                return f"{self.key}={self.values[0]}"
            case _:
                return f"{self.key} {self.operator.lower()} ({','.join(sorted(self.values))})"


class Selector:
    """A LabelSelector that is asked often; one without terms is met by all.

    `labels` are its `matchLabels`. One with a term that the API refuses is not `is_valid`, and selects
    nothing where policies are analyzed.
    """

    __slots__ = ("_expressions", "_is_valid", "_key", "labels", "view")

    def __init__(self, view: View) -> None:
        self.view = view
        self.labels: Mapping[str, str] = view["matchLabels"].labels
        self._expressions = view if any(view["matchExpressions"]) else None
        self._key: str | None = None
        self._is_valid: bool | None = None

    def is_met(self, labels: Mapping[str, str]) -> bool:
        """Whether labels meet it."""
        if not self.labels.items() <= labels.items():
            return False
        return self._expressions is None or not any(unmet(self._expressions, labels))

    @property
    def requirements(self) -> tuple[Requirement, ...]:
        """Its terms, ordered by key."""
        found = [Requirement(key, "In", (value,)) for key, value in self.labels.items()]
        for term in self.view["matchExpressions"] if self._expressions is not None else ():
            values = tuple(each.text for each in term["values"])
            found.append(Requirement(term["key"].text, term["operator"].text, values))
        return tuple(sorted(found, key=lambda each: (each.key, str(each))))

    @property
    def is_valid(self) -> bool:
        """Whether the API takes it."""
        if self._is_valid is None:
            self._is_valid = not any(mistakes(self.view))
        return self._is_valid

    @property
    def is_empty(self) -> bool:
        """Whether all labels meet it."""
        return not self.labels and self._expressions is None

    @property
    def has_expressions(self) -> bool:
        """Whether it has terms beside labels."""
        return self._expressions is not None

    @property
    def key(self) -> str:
        """The same text for two selectors that ask for the same."""
        if self._key is None:
            self._key = ",".join(map(str, self.requirements))
        return self._key

    @property
    def told(self) -> str:
        """Its terms, labels first, as exposures tell them."""
        parts = [",".join(f"{key}={value}" for key, value in sorted(self.labels.items()))]
        terms = (
            f"{{Key:{term['key'].text},Operator:{term['operator'].text},"
            f"Values:[{' '.join(each.text for each in term['values'])}],}}"
            for term in self.view["matchExpressions"]
        )
        return ",".join(part for part in (*parts, *sorted(terms)) if part)


def mistakes(selector: View) -> Iterator[tuple[View, str]]:
    """What the API refuses in a LabelSelector: the value, and why."""
    if selector and not isinstance(selector.value, dict):
        yield selector, "is no selector"
    wanted, terms = selector["matchLabels"], selector["matchExpressions"]
    if wanted and not isinstance(wanted.value, dict):
        yield wanted, "are no labels"
    for key, value in wanted.items():
        if not _KEY.fullmatch(key):
            yield value, f"has the key {key!r}, which no label may have"
        yield from _value_mistakes(value)
    if terms and not isinstance(terms.value, list):
        yield terms, "is no list"
    for term in terms:
        yield from _term_mistakes(term)


def _term_mistakes(term: View) -> Iterator[tuple[View, str]]:
    operator, values = term["operator"].text, term["values"]
    if not term["key"].text:
        yield term, "names no key"
    elif not _KEY.fullmatch(term["key"].text):
        yield term["key"], "is a key that no label may have"
    elif operator not in OPERATORS:
        yield term["operator"], f"is none of {', '.join(OPERATORS)}"
    elif values and not isinstance(values.value, list):
        yield values, "is no list"
    elif operator in ("In", "NotIn") and not any(values):
        yield term, f"is {operator} without values"
    elif operator in ("Exists", "DoesNotExist") and any(values):
        yield values, f"are values, which {operator} has none of"
    else:
        for value in values:
            yield from _value_mistakes(value)


def _value_mistakes(value: View) -> Iterator[tuple[View, str]]:
    if not isinstance(value.value, str):
        yield value, "is no text; put the label's value in quotes"
    elif not _VALUE.fullmatch(value.text):
        yield value, "is no value of a label: letters, digits, '-', '_' and '.', at most 63"


class LabelIndex:
    """Which of some labelled things meet a selector, as bits."""

    def __init__(self, labelled: Iterable[tuple[int, Mapping[str, str]]]) -> None:
        self.all = 0
        self._values: dict[tuple[str, str], int] = {}
        self._keys: dict[str, int] = {}
        for bit, labels in labelled:
            self.all |= bit
            for item in labels.items():
                self._values[item] = self._values.get(item, 0) | bit
                self._keys[item[0]] = self._keys.get(item[0], 0) | bit

    def select(self, selector: Selector) -> int:
        """The bits of those that meet it; none for one that the API refuses."""
        if not selector.is_valid:
            return 0
        found = self.all
        if not selector.has_expressions:
            for item in selector.labels.items():
                found &= self._values.get(item, 0)
            return found
        for requirement in selector.requirements:
            found &= self._meeting(requirement)
        return found

    def _meeting(self, requirement: Requirement) -> int:
        key, operator, values = requirement
        if operator == "Exists":
            return self._keys.get(key, 0)
        if operator == "DoesNotExist":
            return self.all & ~self._keys.get(key, 0)
        having = 0
        for value in values:
            having |= self._values.get((key, value), 0)
        return having if operator == "In" else self.all & ~having
