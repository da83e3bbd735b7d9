"""Packs the schemas of kubernetes-validate into one small file: `python -m tierpolicies.schemas.build`.

What an API server asks for beyond them is merged in from the tables of limits. Ten versions of Kubernetes
repeat the same definitions, so each distinct definition is kept once, named by its own content and that of
everything it refers to. Beside the versions stands, for each kind, the schema that all versions have in
common: what it accepts every version accepts, so a clean object is validated once and not ten times.
"""

import json
import re
import zlib
from collections.abc import Callable, Iterable, Mapping
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from tierpolicies.schemas.custom_kinds import custom_kinds
from tierpolicies.schemas.lifecycle import lifecycle
from tierpolicies.schemas.limits import METADATA, REF, limited, names, verify

DATA = Path(__file__).parent / "kubernetes.z"
FURTHER = Path(__file__).parent / "versions.z"
OLDEST = (1, 28)
_SCALARS = ("string", "integer", "number", "boolean")
_KEPT = {"$ref", "type", "properties", "additionalProperties", "items", "required", "enum", "oneOf"}

Schema = dict[str, Any]
Names = Mapping[str, str]


def build() -> dict[Path, bytes]:
    """The bytes of the data files: zlib over lines, the same on every machine.

    The first line of the one that is always read is an index: `versions` lists the versions; `kinds` maps
    `apiVersion/kind` to a definition by version and, where every version has the kind, to their common one
    under `all`; `custom` maps custom kinds to a definition; `lifecycle` says when an API was deprecated and
    removed, and what takes its place; `cluster` names the kinds without a namespace, `metadata` the
    definition of a custom resource's. Each further line is a definition: its name, a blank, its schema, so
    that a reader decodes only those it needs. What only one version says stands in the other file.
    """
    published = {version: _definitions(folder) for version, folder in _folders().items()}
    verify(published)
    versions = {version: limited(bodies, _minor(version)) for version, bodies in published.items()}
    definitions: dict[str, str] = {}
    kinds: dict[str, dict[str, str]] = {}
    for version, bodies in versions.items():
        contents = _add(definitions, bodies)
        for name, body in bodies.items():
            for kind in _kinds_of(name, body):
                kinds.setdefault(kind, {})[version] = contents[name]
    common = _common(list(versions.values()))
    shared: dict[str, str] = {}
    customs = _customs(common)
    contents = _add(shared, common | customs)
    for name, body in common.items():
        for kind in _kinds_of(name, body):
            if len(kinds.get(kind, ())) == len(versions):
                kinds[kind]["all"] = contents[name]
    custom = {kind: contents[kind] for kind in customs if "/" in kind}
    index = {
        "versions": list(versions),
        "kinds": kinds,
        "custom": custom,
        "lifecycle": lifecycle(kinds, list(versions)),
        "cluster": names().cluster,
        "metadata": contents[METADATA],
    }
    always = [
        contents[METADATA],
        *custom.values(),
        *(each["all"] for each in kinds.values() if "all" in each),
    ]
    first = _reachable(shared, always)
    others = _reachable(definitions, (each for by in kinds.values() for v, each in by.items() if v != "all"))
    return {
        DATA: _packed([_text(index), *(f"{name} {shared[name]}" for name in first)]),
        FURTHER: _packed([f"{name} {definitions[name]}" for name in others if name not in set(first)]),
    }


def _packed(lines: Iterable[str]) -> bytes:
    return zlib.compress("\n".join(lines).encode(), 9)


def _add(definitions: dict[str, str], bodies: Mapping[str, Schema]) -> Names:
    """Adds the definitions under names that say their content; the names, by those they had."""
    contents = _content_names(bodies)
    definitions |= {contents[name]: _text(_renamed(body, contents)) for name, body in bodies.items()}
    return contents


def _customs(common: Mapping[str, Schema]) -> dict[str, Schema]:
    """The bundled schemas of custom kinds under `apiVersion/kind`, and what each refers to."""
    found: dict[str, Schema] = {}
    for kind, schema in custom_kinds().items():

        def own(name: str, kind: str = kind) -> str:
            return f"{REF}{METADATA if name == REF + 'metadata' else kind + ':' + name.removeprefix(REF)}"

        for name, body in schema["$defs"].items():
            if name != "metadata":
                found[f"{kind}:{name}"] = _mapped(body, own)
        found[kind] = _mapped(_without(schema, "$defs", "$schema"), own)
    return {name: body for name, body in found.items() if name not in common}


def _minor(version: str) -> tuple[int, int]:
    major, minor = version.split(".")
    return int(major), int(minor)


def _folders() -> dict[str, Path]:
    spec = find_spec("kubernetes_validate")
    if spec is None or spec.origin is None:
        raise SystemExit("kubernetes-validate is missing: install the development dependencies")
    found: dict[tuple[int, int], Path] = {}
    for folder in (Path(spec.origin).parent / "kubernetes-json-schema").glob("v*-local-strict"):
        match = re.match(r"v(\d+)\.(\d+)", folder.name)
        if match and (version := (int(match[1]), int(match[2]))) >= OLDEST:
            found[version] = folder
    return {f"{major}.{minor}": found[major, minor] for major, minor in sorted(found)}


def _definitions(folder: Path) -> dict[str, Schema]:
    bodies = json.loads((folder / "_definitions.json").read_text("utf-8"))["$defs"]
    return {name: _stripped(body) for name, body in bodies.items()}


def _stripped(schema: Schema) -> Schema:
    """The keywords that decide; prose, formats and patch hints are left out.

    So is null, which an API server takes for an absent field: a reader drops such fields first.
    """
    result: Schema = {key: value for key, value in schema.items() if key in _KEPT}
    if len(types := _types(result)) == 1:
        result["type"] = types[0]
    if "oneOf" in result:
        result["oneOf"] = [_stripped(each) for each in result["oneOf"]]
    if len(kinds := schema.get("x-kubernetes-group-version-kind", ())) == 1:
        result["x-kind"] = kinds[0]
    if "properties" in result:
        result["properties"] = {name: _stripped(each) for name, each in sorted(result["properties"].items())}
    for key in ("items", "additionalProperties"):
        if isinstance(result.get(key), dict):
            result[key] = _stripped(result[key])
    if "null" in schema.get("items", {}).get("type", ()) and result["items"]["type"] in _SCALARS:
        result["items"]["type"] = schema["items"]["type"]  # a blank item of a list is an empty text or 0
    return result


def _types(schema: Schema) -> list[str]:
    types = schema.get("type", ())
    return [each for each in ([types] if isinstance(types, str) else types) if each != "null"]


def _kinds_of(name: str, body: Schema) -> Iterable[str]:
    kind = body.get("x-kind")
    if kind and "metadata" in body.get("properties", ()) and not name.endswith("List"):
        group = f"{kind['group']}/" if kind["group"] else ""
        yield f"{group}{kind['version']}/{kind['kind']}"


def _common(versions: list[dict[str, Schema]]) -> dict[str, Schema]:
    """For each definition the one that accepts only what every version's accepts."""
    bodies: dict[str, list[Schema]] = {}
    for version in versions:
        for name, body in version.items():
            bodies.setdefault(name, []).append(body)
    return {name: _intersection(_distinct(each)) for name, each in bodies.items()}


def _intersection(schemas: list[Schema]) -> Schema:
    if len(schemas) == 1:
        return schemas[0]
    rest = [_without(schema, "properties", "required") for schema in schemas]
    if len(_distinct(rest)) > 1 or rest[0].get("additionalProperties") is not False:
        return {"allOf": schemas}
    properties = [schema.get("properties", {}) for schema in schemas]
    shared = [name for name in properties[0] if all(name in each for each in properties)]
    required = {name for schema in schemas for name in schema.get("required", ())}
    merged: Schema = {
        **rest[0],
        "properties": {name: _intersection(_distinct(each[name] for each in properties)) for name in shared},
    }
    return {**merged, "required": sorted(required)} if required else merged


def _without(schema: Schema, *keys: str) -> Schema:
    return {key: value for key, value in schema.items() if key not in keys}


def _distinct(schemas: Iterable[Schema]) -> list[Schema]:
    return list({_text(schema): schema for schema in schemas}.values())


def _content_names(bodies: Mapping[str, Schema]) -> Names:
    """A name for each definition that says its content and that of all it refers to.

    Definitions may refer to themselves, so names are refined until no round tells more apart.
    """
    names: Names = dict.fromkeys(bodies, "")
    kinds_of_names = 0
    while True:
        names = {name: _digest(_renamed(body, names)) for name, body in bodies.items()}
        if len(set(names.values())) == kinds_of_names:
            return names
        kinds_of_names = len(set(names.values()))


def _renamed(schema: Schema, names: Names) -> Schema:
    def rename(reference: str) -> str:
        return REF + names[reference.removeprefix(REF)]

    return _without(_mapped(schema, rename), "x-kind")


def _mapped(schema: Schema, rename: Callable[[str], str]) -> Schema:
    result: Schema = {}
    for key, value in schema.items():
        if key == "$ref":
            result[key] = rename(value)
        elif key == "properties":
            result[key] = {name: _mapped(each, rename) for name, each in value.items()}
        elif isinstance(value, list):
            result[key] = [_mapped(each, rename) if isinstance(each, dict) else each for each in value]
        elif isinstance(value, dict) and key != "x-kind":
            result[key] = _mapped(value, rename)
        else:
            result[key] = value
    return result


def _reachable(definitions: Mapping[str, str], roots: Iterable[str]) -> list[str]:
    found: set[str] = set()
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += re.findall(r'"#/\$defs/([0-9a-f]+)"', definitions[name])
    return sorted(found)


def _digest(schema: Schema) -> str:
    return sha256(_text(schema).encode()).hexdigest()[:12]


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


if __name__ == "__main__":
    for path, data in build().items():
        path.write_bytes(data)
