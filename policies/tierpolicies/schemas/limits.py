"""What an API server asks for beyond the published schemas: enumerations, ranges, names, one of several.

The tables in `limits/` say so by definition and field; the build merges them into the schemas, so that a
clean object costs nothing more. A field's limit is a list of its values (one may be `{VALUE: SINCE}`), a
range `1..65535`, the name of a form in `types.yaml`, or keywords of JSON Schema with the words for a
breach. Under `.` stand limits of the whole. `a.b`, `a[]`, `a{}` and `a{key}` lead to a field further
down, to the items of a list, to the values and to the keys of a mapping.

Beside the keywords a merged schema carries `x-rule` (the rule that reports a breach), `x-says` (the words),
`x-at` (where, from the value on), `x-severity`, `x-deep` (a breach is told where it lies, not at the whole)
and `x-known` (what to suggest).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

from yaml import safe_load

FOLDER = Path(__file__).parent / "limits"
TYPE = "type:"
WHOLE = "."
METADATA = "custom resource"
NAME = "object-name"
NAMELESS = {"x-rule": NAME, "x-says": "the object has no name"}
REF = "#/$defs/"
_RANGE = re.compile(r"(-?\d+)\.\.(\d+)?")
_WORDS = ("rule", "says", "at", "severity", "deep", "known")
_HOMES = {
    "meta": "io.k8s.apimachinery.pkg.apis.meta.v1.",
    "quantities": "io.k8s.apimachinery.pkg.api.resource.",
    "apiregistration": "io.k8s.kube-aggregator.pkg.apis.apiregistration.v1.",
    "apiextensions": "io.k8s.apiextensions-apiserver.pkg.apis.apiextensions.v1.",
}

Schema = dict[str, Any]
Version = tuple[int, int]
Limit = str | list[Any] | dict[str, Any]
"""A limit as a table writes it."""


class LimitError(ValueError):
    """A table of limits names what no schema has, or says nothing that can be understood."""


@dataclass(frozen=True)
class Names:
    """What objects may be called, by `group/Kind`, and which kinds stand in no namespace."""

    forms: Mapping[str, list[str]]
    longest: Mapping[str, Mapping[str, Any]]
    nameless: list[str]
    cluster: list[str]

    def form(self, group: str, kind: str) -> str:
        """The form of a kind's names."""
        fitting = (form for form, kinds in self.forms.items() if listed(group, kind, kinds))
        return next(fitting, "dns-subdomain")


@cache
def names() -> Names:
    """The table of names."""
    table = safe_load((FOLDER / "names.yaml").read_text("utf-8"))
    return Names(table["names"], table["longest"], table["nameless"], table["cluster"])


def listed(group: str, kind: str, kinds: list[str]) -> bool:
    """Whether a kind is in a list of `group/Kind`, `group/*` and, of the core, `Kind`."""
    return (f"{group}/{kind}" if group else kind) in kinds or (bool(group) and f"{group}/*" in kinds)


def limited(bodies: Mapping[str, Schema], version: Version) -> dict[str, Schema]:
    """The definitions of a version with all limits merged in, and the forms they refer to."""
    result = {name: dict(body) for name, body in bodies.items()}
    for name, limits in _tables().items():
        if name in result:
            for path, limit in limits.items():
                _add(result, name, path, limit, version)
    for name, body in result.items():
        kind = body.get("x-kind")
        if kind and "metadata" in body.get("properties", ()) and not name.endswith("List"):
            _name(body, kind["group"], kind["kind"])
    for name, form in _types().items():
        result[TYPE + name] = _form(form, version)
    result[METADATA] = _metadata({"$ref": f"{REF}{_HOMES['meta']}ObjectMeta"}, "dns-subdomain")
    return result


def verify(versions: Mapping[str, Mapping[str, Schema]]) -> None:
    """Raises LimitError for a definition or a field that no version has."""
    for name, limits in _tables().items():
        bodies = [each for each in versions.values() if name in each]
        for path in limits:
            steps = [] if path == WHOLE else list(_steps(path))
            if not any(_leads(each, each[name], steps) for each in bodies):
                raise LimitError(f"no version has {name} {path}")


@cache
def _types() -> dict[str, Any]:
    types: dict[str, Any] = safe_load((FOLDER / "types.yaml").read_text("utf-8"))["types"]
    return types


@cache
def _tables() -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for name, limits in safe_load(path.read_text("utf-8")).get("definitions", {}).items():
            group, rest = name.split(".", 1)
            home = _HOMES.get(group)
            full = home + rest.partition(".")[2] if home else f"io.k8s.api.{name}"
            found.setdefault(full, {}).update(limits)
    return found


def _name(body: Schema, group: str, kind: str) -> None:
    table = names()
    if listed(group, kind, table.nameless):
        return
    longest = table.longest.get(f"{group}/{kind}")
    metadata = _metadata(body["properties"]["metadata"], table.form(group, kind), longest)
    body["properties"] = {**body["properties"], "metadata": metadata}
    body["allOf"] = [*body.get("allOf", ()), {"required": ["metadata"], "x-at": "metadata", **NAMELESS}]


def _metadata(schema: Schema, form: str, longest: Mapping[str, Any] | None = None) -> Schema:
    parts: list[Schema] = [{"$ref": REF + TYPE + form, "x-rule": NAME}]
    if longest:
        says = f"{{value}} has more than {longest['length']} characters: {longest['because']}"
        parts.append({"maxLength": longest["length"], "x-rule": NAME, "x-says": says})
    named: Schema = {"anyOf": [{"required": ["name"]}, {"required": ["generateName"]}], **NAMELESS}
    return {"allOf": [schema, {"properties": {"name": {"allOf": parts}}}, named]}


def _add(bodies: dict[str, Schema], name: str, path: str, limit: Limit, version: Version) -> None:
    body = bodies[name]
    if path == WHOLE:
        whole = cast("list[dict[str, Any]]", limit)
        body["allOf"] = [*body.get("allOf", ()), *(_fragment(each, version) for each in whole)]
        return
    steps = list(_steps(path))
    properties = body["properties"] = dict(body.get("properties", {}))
    if steps[0] in properties:
        properties[steps[0]] = _and(properties[steps[0]], _nested(steps[1:], limit, version))


def _and(schema: Schema, further: Schema) -> Schema:
    if not further:
        return schema
    apart = {"properties", "additionalProperties"} <= {*schema, *further}  # they would change each other
    if apart or set(schema) & set(further) or "x-rule" in schema or "x-rule" in further:
        return {**schema, "allOf": [*schema.get("allOf", ()), further]}
    return {**schema, **further}


def _steps(path: str) -> Iterator[str]:
    for part in path.split("."):
        field, mark, kind = re.fullmatch(r"([^\[{]+)(\[|\{)?(key)?[\]}]?", part).groups()  # type: ignore[union-attr]
        yield field
        if mark:
            yield "[]" if mark == "[" else "{key}" if kind else "{}"


def _nested(steps: list[str], limit: Limit, version: Version) -> Schema:
    if not steps:
        return _limit(limit, version)
    inner = _nested(steps[1:], limit, version)
    if not inner:
        return {}
    keywords = {"[]": "items", "{}": "additionalProperties", "{key}": "propertyNames"}
    if steps[0] in keywords:
        return {keywords[steps[0]]: inner}
    return {"properties": {steps[0]: inner}}


def _limit(limit: Limit, version: Version) -> Schema:
    """The schema of one field's limit, as a table writes it."""
    if isinstance(limit, str):
        bounds = _RANGE.fullmatch(limit)
        if bounds is None:
            if limit not in _types():
                raise LimitError(f"no form is called {limit!r}")
            return {"$ref": REF + TYPE + limit}
        least, most = bounds.groups()
        return {"minimum": int(least)} | ({"maximum": int(most)} if most else {})
    if isinstance(limit, list):
        if limit and isinstance(limit[0], dict) and not _is_value(limit[0]):
            return next((_limit(each, version) for each in limit if _holds(each, version)), {})
        return {"enum": list(_values(limit, version))}
    return _fragment(limit, version)


def _is_value(item: Mapping[str, Any]) -> bool:
    return len(item) == 1 and all(isinstance(each, str) and "." in each for each in item.values())


def _values(values: list[Any], version: Version) -> Iterator[str]:
    for value in values:
        if isinstance(value, dict):
            yield from (name for name, since in value.items() if _minor(since) <= version)
        else:
            yield value


def _holds(limit: Mapping[str, Any], version: Version) -> bool:
    since, until = limit.get("since", "0.0"), limit.get("until", "9.999")
    return _minor(since) <= version <= _minor(until)


def _minor(version: str) -> Version:
    major, minor = version.split(".")
    return int(major), int(minor)


def _form(form: Limit, version: Version) -> Schema:
    variants = cast("list[dict[str, Any]]", form if isinstance(form, list) else [form])
    return next(_fragment(each, version) for each in variants if _holds(each, version))


def _fragment(limit: Mapping[str, Any], version: Version) -> Schema:
    """Keywords of JSON Schema with the words for a breach."""
    schema: Schema = {}
    for key, value in limit.items():
        if key in _WORDS:
            schema[f"x-{key}"] = value
        elif key == "one-of":
            schema["oneOf"] = [{"required": [name]} for name in value]
            schema.setdefault("x-rule", "one-of")
        elif key == "at-most-one":
            schema["not"] = {"required": list(value)}
            schema.setdefault("x-rule", "one-of")
            schema.setdefault("x-says", f"{' and '.join(value)} exclude each other")
            schema.setdefault("x-at", value[-1])
        elif key == "and":
            schema["allOf"] = [_limit(value, version)]
        elif key not in ("since", "until"):
            schema[key] = value
    return schema


def _leads(bodies: Mapping[str, Schema], schema: Schema, steps: list[str]) -> bool:
    while "$ref" in schema:
        schema = bodies[schema["$ref"].removeprefix(REF)]
    if not steps:
        return True
    step, rest = steps[0], steps[1:]
    if step == "[]":
        return "items" in schema and _leads(bodies, schema["items"], rest)
    if step == "{}":
        return "additionalProperties" in schema and _leads(bodies, schema["additionalProperties"], rest)
    if step == "{key}":
        return "additionalProperties" in schema
    further = schema.get("properties", {}).get(step) or schema.get("additionalProperties")
    return isinstance(further, dict) and _leads(bodies, further, rest)
