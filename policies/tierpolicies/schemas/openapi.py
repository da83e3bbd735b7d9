"""The schema of a CustomResourceDefinition as a strict JSON Schema.

Structural schemas, as apiextensions reads them: fields that a schema does not name are refused, since an API
server would drop them. Rules in CEL (`x-kubernetes-validations`) are not evaluated, and a pattern that cannot
be compiled is left out. Whatever is malformed in a schema asks for nothing: the rule about definitions
tells of it.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tierpolicies.documents.nodes import Value
from tierpolicies.schemas.formats import FORMATS

Schema = dict[str, Any]
Object = Mapping[str, Value]
Path = tuple[str | int, ...]

TYPES = ("object", "array", "string", "integer", "number", "boolean")
PRESERVE = "x-kubernetes-preserve-unknown-fields"
INT_OR_STRING = "x-kubernetes-int-or-string"
EMBEDDED = "x-kubernetes-embedded-resource"
LIST_TYPE = "x-kubernetes-list-type"
LIST_KEYS = "x-kubernetes-list-map-keys"
_COUNTS = ("minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties")
_BOUNDS = (("minimum", "exclusiveMinimum"), ("maximum", "exclusiveMaximum"))


class Conversion:
    """Converts schemas of one definition.

    `metadata` is the schema of a resource's metadata, `embedded` that of one within it; `accepts` says
    whether a pattern can be compiled; where nothing is `pruned`, unknown fields are kept as they are.
    """

    def __init__(
        self, metadata: Schema, embedded: Schema, accepts: Callable[[str], bool], *, pruned: bool = True
    ) -> None:
        self._metadata = metadata
        self._embedded = embedded
        self._accepts = accepts
        self._pruned = pruned

    def resource(self, schema: Value) -> Schema:
        """The schema of a whole custom resource: apiVersion, kind and metadata are always there."""
        given: Value = schema if isinstance(schema, dict) else {PRESERVE: True}
        result = self._node(given, strict=self._pruned)
        properties = result.get("properties", {})
        restricted = properties.get("metadata", {})
        restricted = {key: each for key, each in restricted.items() if key != "additionalProperties"}
        metadata = {"allOf": [self._metadata, restricted]} if restricted else self._metadata
        text = {"type": "string"}
        whole = {**properties, "apiVersion": text, "kind": text, "metadata": metadata}
        required = sorted({*result.get("required", ()), "metadata"})
        return {**result, "type": "object", "properties": whole, "required": required}

    def _node(self, schema: Value, *, strict: bool) -> Schema:
        """A schema, within a junctor (not `strict`) one that only adds to what is asked for elsewhere."""
        if not isinstance(schema, dict):
            return {}
        properties = _object(schema.get("properties"))
        result: Schema = {**self._type(schema), **self._text(schema), **_numbers(schema)}
        if isinstance(options := schema.get("enum"), list):
            result["enum"] = [*options, *([None] if schema.get("nullable") is True else [])]
        if isinstance(names := schema.get("required"), list):
            result["required"] = [name for name in names if isinstance(name, str)]
        if isinstance(items := schema.get("items"), dict):
            result["items"] = self._node(items, strict=strict)
        for junctor in ("allOf", "anyOf", "oneOf"):
            if isinstance(parts := schema.get(junctor), list) and parts:
                result[junctor] = [self._node(each, strict=False) for each in parts]
        if "not" in schema:
            result["not"] = self._node(schema["not"], strict=False)
        result |= self._fields(schema, properties, strict=strict)
        return result

    def _type(self, schema: Object) -> Schema:
        kind = schema.get("type")
        types = ["integer", "string"] if schema.get(INT_OR_STRING) is True else [kind]
        types = [each for each in types if each in TYPES]
        if not types:
            return {}
        if schema.get("nullable") is True:
            types.append("null")
        return {"type": types if len(types) > 1 else types[0]}

    def _text(self, schema: Object) -> Schema:
        result: Schema = {}
        if isinstance(pattern := schema.get("pattern"), str) and self._accepts(pattern):
            result["pattern"] = pattern
        if isinstance(name := schema.get("format"), str) and name in FORMATS:
            result["format"] = name
        return result

    def _fields(self, schema: Object, properties: Object, *, strict: bool) -> Schema:
        fields = {name: self._node(each, strict=strict) for name, each in properties.items()}
        if schema.get(EMBEDDED) is True:
            text: Schema = {"type": "string", "minLength": 1}
            fields = {"metadata": self._embedded, **fields, "apiVersion": text, "kind": text}
        result: Schema = {"properties": fields} if fields else {}
        further = schema.get("additionalProperties")
        if isinstance(further, dict):
            result["additionalProperties"] = self._node(further, strict=strict)
        elif strict and further is not True and schema.get("type") == "object" and not _preserves(schema):
            result["additionalProperties"] = False
        return result


def _preserves(schema: Object) -> bool:
    return schema.get(PRESERVE) is True


def as_stored(value: Value, schema: Value) -> Value:
    """A value as an API server validates it: without null where that is not nullable, and with defaults."""
    given = _object(schema)
    if isinstance(value, list):
        items = given.get("items")
        return [as_stored(each, items) for each in value]
    if not isinstance(value, dict):
        return value
    properties, further = _object(given.get("properties")), given.get("additionalProperties")
    kept: dict[str, Value] = {}
    for name, each in value.items():
        inner = properties.get(name, further)
        if each is not None or (inner is not None and _object(inner).get("nullable") is True):
            kept[name] = as_stored(each, inner)
    for name, inner in properties.items():
        if name not in kept and isinstance(inner, dict) and inner.get("default") is not None:
            kept[name] = as_stored(inner["default"], inner)
    return kept


def repeated(value: Value, schema: Value, path: Path = ()) -> Iterator[Path]:
    """The paths of items that a list holds for a second time, though it is a set or a map by its keys."""
    given = _object(schema)
    if isinstance(value, dict):
        properties, further = _object(given.get("properties")), given.get("additionalProperties")
        for name, each in value.items():
            yield from repeated(each, properties.get(name, further), (*path, name))
    elif isinstance(value, list):
        seen: set[str] = set()
        for index, item in enumerate(value):
            identity = _identity(item, given)
            if identity and identity in seen:
                yield (*path, index)
            seen.add(identity)
            yield from repeated(item, given.get("items"), (*path, index))


def _identity(item: Value, schema: Object) -> str:
    """What tells an item of a list from the others; empty where nothing has to."""
    kind, keys = schema.get(LIST_TYPE), schema.get(LIST_KEYS)
    if kind == "set":
        return repr(item)
    if kind == "map" and isinstance(keys, list) and isinstance(item, dict):
        defaults = _object(_object(schema.get("items")).get("properties"))
        named = [key for key in keys if isinstance(key, str)]
        return repr([item.get(key, _object(defaults.get(key)).get("default")) for key in named])
    return ""


def _numbers(schema: Object) -> Schema:
    result: Schema = {}
    for key in _COUNTS:
        count = schema.get(key)
        if isinstance(count, int) and not isinstance(count, bool) and count >= 0:
            result[key] = count
    for bound, exclusive in _BOUNDS:
        if _is_number(limit := schema.get(bound)):
            result[exclusive if schema.get(exclusive) is True else bound] = limit
    if _is_number(step := schema.get("multipleOf")) and step > 0:  # type: ignore[operator]
        result["multipleOf"] = step
    if schema.get("uniqueItems") is True:
        result["uniqueItems"] = True
    return result


def _is_number(value: Value) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _object(value: Value) -> Object:
    return value if isinstance(value, dict) else {}
