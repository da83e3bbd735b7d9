"""Whether the schema of a CustomResourceDefinition is structural, as apiextensions asks for."""

from collections.abc import Iterator, Mapping

from tierpolicies.documents.nodes import Value
from tierpolicies.documents.yaml_source import pointer
from tierpolicies.engine.suggestion import nearest
from tierpolicies.schemas.openapi import INT_OR_STRING, PRESERVE, TYPES

Path = tuple[str | int, ...]


def faults(schema: Value, path: Path) -> Iterator[tuple[str, str]]:
    """The JSON pointer and the reason of everything that is not structural."""
    waiting: list[tuple[Value, Path]] = [(schema, path)]
    while waiting:
        value, at = waiting.pop()
        if not isinstance(value, dict):
            continue
        if told := _fault(value):
            yield pointer((*at, told[0]) if told[0] in value else at), told[1]
        waiting += _inner(value, at)


def _inner(schema: Mapping[str, Value], path: Path) -> Iterator[tuple[Value, Path]]:
    properties = schema.get("properties")
    if isinstance(properties, dict):
        for name, each in properties.items():
            yield each, (*path, "properties", name)
    for field in ("items", "additionalProperties"):
        yield schema.get(field), (*path, field)


def _fault(schema: Mapping[str, Value]) -> tuple[str, str] | None:
    kind = schema.get("type")
    if "$ref" in schema:
        return "$ref", "a definition's schema refers to no other: write it out"
    if kind is None or kind == "":
        if schema.get(INT_OR_STRING) is True or schema.get(PRESERVE) is True:
            return None
        return "type", "a field without a type is not structural"
    if isinstance(kind, str) and kind not in TYPES:
        return "type", f"no type is called {kind!r}{nearest(kind, TYPES)}"
    if "properties" in schema and schema.get("additionalProperties") not in (None, False):
        return "additionalProperties", "properties and additionalProperties exclude each other"
    if kind == "array" and not isinstance(schema.get("items"), dict):
        return "items", "a list without a schema of its items is not structural"
    return None
