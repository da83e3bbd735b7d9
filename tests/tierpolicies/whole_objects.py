"""An object of every built-in kind with every field that its schema knows, for tests that spoil them."""

from collections.abc import Iterator
from typing import Any

from tierpolicies.schemas.bundle import COMMON, ROOT, Schema, bundle

DEPTH = 14
"""Levels of fields; deeper than any field of a pod in the template of a CronJob."""

_SCALARS: dict[str, Any] = {"string": "text", "integer": 1, "number": 1, "boolean": True}


def whole_objects() -> dict[str, dict[str, Any]]:
    """By `apiVersion/kind`; values are of the right type and otherwise arbitrary."""
    return {kind: _object(kind, by_version) for kind, by_version in bundle().kinds.items()}


def _object(kind: str, by_version: Any) -> dict[str, Any]:
    name = by_version.get(COMMON) or by_version[max(by_version, key=lambda each: int(each.split(".")[1]))]
    result = _value({"$ref": ROOT + name}, (), DEPTH)
    assert isinstance(result, dict)
    api_version, _, named = kind.rpartition("/")
    metadata = {**result.get("metadata", {}), "name": "web", "namespace": "shop"}
    return {**result, "apiVersion": api_version, "kind": named, "metadata": metadata}


def _value(schema: Schema, seen: tuple[str, ...], depth: int) -> Any:
    """A value of a schema; a definition within itself ends in nothing."""
    parts = list(_parts(schema))
    names = tuple(part["$ref"] for part in parts if "$ref" in part)
    if set(names) & set(seen):
        return None
    seen += names
    options = [part["enum"][0] for part in parts if part.get("enum")]
    kinds = [part["type"] for part in parts if isinstance(part.get("type"), str)]
    if options:
        return options[0]
    if "array" in kinds:
        return [_value(_merged(parts, "items"), seen, depth - 1)] if depth else []
    if "object" in kinds:
        return _fields(parts, seen, depth - 1) if depth else {}
    return _SCALARS.get(kinds[0] if kinds else "string", "text")


def _parts(schema: Schema) -> Iterator[Schema]:
    """The schemas that a schema consists of: itself, what it refers to, all of its parts."""
    yield schema
    if "$ref" in schema:
        yield from _parts(bundle().definition(schema["$ref"].removeprefix(ROOT)))
    for part in schema.get("allOf", ()):
        yield from _parts(part)


def _merged(parts: list[Schema], keyword: str) -> Schema:
    return {"allOf": [part[keyword] for part in parts if isinstance(part.get(keyword), dict)]}


def _fields(parts: list[Schema], seen: tuple[str, ...], depth: int) -> dict[str, Any]:
    fields: dict[str, list[Schema]] = {}
    for part in parts:
        for name, each in part.get("properties", {}).items():
            fields.setdefault(name, []).append(each)
    further = _merged(parts, "additionalProperties")
    if further["allOf"]:
        fields["key"] = [further]
    return {name: _value({"allOf": each}, seen, depth) for name, each in fields.items()}
