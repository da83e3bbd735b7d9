"""What a validator's error says in people's words: where, what, and which rule tells of it."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from jsonschema_rs import ValidationError, ValidationErrorKind

from tierpolicies.documents.nodes import Value
from tierpolicies.engine.finding import MOST
from tierpolicies.engine.suggestion import nearest
from tierpolicies.schemas.bundle import ROOT, Schema

Path = tuple[str | int, ...]
VALID = "valid"

_RULES = {
    "enum": "enum-values",
    "minimum": "ranges",
    "maximum": "ranges",
    "exclusiveMinimum": "ranges",
    "exclusiveMaximum": "ranges",
}
"""The rules that tell of a keyword without words of its own."""
_FORMS = ("oneOf", "anyOf", "not")
_DEEPER = ("items", "additionalProperties", "contains")
_BESIDE = ("not", "then", "else", "if", "propertyNames")
_LISTS = ("allOf", "anyOf", "oneOf")


@dataclass(frozen=True, slots=True)
class Told:
    """A fault of a value: its path, or that of its key, what is wrong, and the rule that tells of it.

    `severity` replaces the rule's; `instead` is what should stand there, where that is beyond doubt;
    `detail` tells faults of one value apart, whatever the value is.
    """

    path: Path
    message: str
    key: bool = False
    rule: str = VALID
    severity: str = ""
    instead: str = ""
    detail: str = ""

    @property
    def identity(self) -> tuple[object, ...]:
        """What makes two faults the same, though a choice may be larger in one version than in another."""
        return self.path, self.key, self.rule, self.detail, "" if self.rule != VALID else self.message


class Explanation:
    """Explains the errors of one schema.

    `find` gives a definition by its name; `limits` says whether the schema is one with limits, whose
    breaches have rules of their own.
    """

    def __init__(self, schema: Schema, find: Callable[[str], Schema], *, limits: bool) -> None:
        self._schema = schema
        self._find = find
        self._limits = limits

    def told(self, errors: Sequence[ValidationError], value: Value, written: Value, skip: int) -> list[Told]:
        """All errors about a value, each once; `written` is the value with what counts as absent.

        Paths within the schema begin with `skip` steps of wrapping, and so do those within the value.
        """
        found: dict[Told, None] = {}
        mistyped = set()
        for error in errors:
            for each in self._one(error, value, written, skip):
                found[each] = None
                if isinstance(error.kind, ValidationErrorKind.Type):
                    mistyped.add(each.path)
        return [
            each
            for each in found
            if each.path not in mistyped or each.message.startswith("expected ") or each.key
        ]

    def _one(self, error: ValidationError, value: Value, written: Value, skip: int) -> Iterator[Told]:
        kind, path = error.kind, tuple(error.instance_path[skip:])
        if isinstance(kind, ValidationErrorKind.PropertyNames):
            inner = kind.error
            place = self._place(inner.evaluation_path)
            name = str(inner.instance)
            yield self._worded(inner, place, name, (*path, name), key=True)
            return
        place = self._place(error.evaluation_path)
        if place.says and not isinstance(kind, ValidationErrorKind.Type):
            given = value_at(value, path)
            at = path if place.deep else (*path[: len(path) - place.inside], *place.at)
            yield self._worded(error, place, given, at)
        else:
            yield from self._plain(error, place, path, value, written)

    def _plain(
        self, error: ValidationError, place: "_Place", path: Path, value: Value, written: Value
    ) -> Iterator[Told]:
        kind = error.kind
        given = value_at(value, path)
        if isinstance(kind, ValidationErrorKind.AdditionalProperties | ValidationErrorKind.FalseSchema):
            fields = self._fields(place.node)
            unexpected = (
                kind.unexpected if isinstance(kind, ValidationErrorKind.AdditionalProperties) else None
            )
            for count, name in enumerate(_names(given) if unexpected is None else unexpected):
                hint = _hint(name, tuple(fields)) if count < MOST else ""  # beyond, nobody gets to see it
                yield Told((*path, name), f"unknown field {name!r}{hint}", key=True)
        elif isinstance(kind, ValidationErrorKind.Required):
            yield _missing(str(kind.property).strip('"'), path, written, place.rule or VALID)
        elif isinstance(kind, ValidationErrorKind.Type):
            wanted = " or ".join(each for each in kind.types if each != "null")
            quoted = "; quote it" if wanted == "string" and isinstance(given, int | float) else ""
            yield Told(path, f"expected {_article(wanted)}, not {said(given)}{quoted}")
        elif error.kind.name in _FORMS:
            yield Told(path, _choice(error.kind.name, place.node, given), rule=place.rule or VALID)
        else:
            yield self._worded(error, place, given, path)

    def _worded(
        self, error: ValidationError, place: "_Place", given: Value, at: Path, *, key: bool = False
    ) -> Told:
        keyword = error.kind.name
        rule = place.rule or (_RULES.get(keyword, VALID) if self._limits else VALID)
        instead = ""
        if place.says:
            message = place.says.replace("{value}", said(given))
            if isinstance(given, str) and place.known:
                message += _hint(given, place.known)
        elif isinstance(error.kind, ValidationErrorKind.Enum):
            options = [str(option) for option in error.kind.options]
            message = f"{said(given)} is none of {', '.join(options)}"
            if isinstance(given, str):
                message += _hint(given, tuple(options))
                instead = next((each for each in options if each.lower() == given.lower()), "")
        elif keyword in _RULES:
            message = f"{said(given)} {_bounds(place.node)}"
        else:
            message = error.message
        return Told(at, message, key, rule, place.severity, instead, place.says)

    def _place(self, evaluation: Sequence[str | int]) -> "_Place":
        """The innermost schema with words that holds a keyword."""
        node: Any = self._schema
        place = _Place(node)
        rule = ""
        steps = iter(evaluation[:-1])
        for step in steps:
            if step == "$ref":
                rule = str(node.get("x-rule", ""))  # whoever refers to a form may have a rule of its own
                node = self._find(str(node["$ref"]).removeprefix(ROOT))
            elif step == "properties":
                node = node[step][str(next(steps))]  # the validator takes a field called 1 for an item
                place.inside += 1
            elif step in _LISTS:
                node = node[step][next(steps)]
            elif step in _DEEPER:
                node = node[step]
                place.inside += 1
            elif step in _BESIDE:
                node = node[step]
            else:
                break
            if "x-rule" in node and ("x-says" in node or "$ref" not in node):
                place = _Place.of(node, rule)
            place.node = node
            rule = "" if "$ref" not in node else rule
        return place

    def _fields(self, schema: Schema) -> list[str]:
        """The fields that a schema knows, in all its parts."""
        found = list(schema.get("properties", ()))
        for part in schema.get("allOf", ()):
            found += self._resolved(part).get("properties", ())
        return found

    def _resolved(self, schema: Schema) -> Schema:
        while "$ref" in schema:
            schema = self._find(str(schema["$ref"]).removeprefix(ROOT))
        return schema


@dataclass(slots=True)
class _Place:
    """A schema with words: `inside` counts the steps of the value below it."""

    node: Schema
    rule: str = ""
    says: str = ""
    at: Path = ()
    severity: str = ""
    known: tuple[str, ...] = ()
    deep: bool = False
    inside: int = 0

    @classmethod
    def of(cls, node: Schema, rule: str) -> "_Place":
        return cls(
            node,
            rule or node["x-rule"],
            node.get("x-says", ""),
            tuple(node["x-at"].split("/")) if "x-at" in node else (),
            node.get("x-severity", ""),
            tuple(node.get("x-known", ())),
            node.get("x-deep", False),
        )


@lru_cache(maxsize=4096)
def _hint(name: str, known: tuple[str, ...]) -> str:
    """The nearest of some names; one slip often stands in many objects."""
    return nearest(name, known)


def said(value: Value) -> str:
    """A value as a message shows it."""
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 80 else f"{text[:76]}\u2026{text[-1]}"


def _names(value: Value) -> list[str]:
    return list(value) if isinstance(value, dict) else []


def _missing(name: str, path: Path, written: Value, rule: str) -> Told:
    holder = value_at(written, path)
    if isinstance(holder, dict) and name in holder:
        return Told((*path, name), f"the field {name!r} is empty", rule=rule)
    return Told(path, f"the field {name!r} is missing", rule=rule, detail=name)


def _choice(keyword: str, schema: Schema, given: Value) -> str:
    """What is wrong with a value that fits none, or too many, of several forms."""
    forms = schema.get(keyword)
    forms = forms if isinstance(forms, list) else []
    types = [str(each.get("type")) for each in forms if set(each) == {"type"}]
    if types and len(types) == len(forms):
        return f"expected {' or '.join(map(_article, types))}, not {said(given)}"
    options = [name for each in forms for name in each.get("required", ())]
    if isinstance(given, dict) and options:
        there = [name for name in options if name in given]
        told = f"and has {' and '.join(there)}" if there else "and has none"
        return f"takes one of {', '.join(options)}, {told}"
    if keyword == "not":
        return f"{said(given)} is just what may not stand here"
    return f"{said(given)} is not in exactly one of the {len(forms)} forms that it may have"


def _bounds(schema: Mapping[str, Any]) -> str:
    least = schema.get("minimum", schema.get("exclusiveMinimum"))
    most = schema.get("maximum", schema.get("exclusiveMaximum"))
    if least is not None and most is not None:
        return f"lies outside {least} to {most}"
    return f"is less than {least}" if most is None else f"is more than {most}"


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def value_at(value: Value, path: Sequence[str | int]) -> Value:
    """The value at a path; nothing where it leads nowhere."""
    for step in path:
        if isinstance(value, dict):
            value = value.get(str(step))
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step] if step < len(value) else None
        else:
            return None
    return value
