"""Objects against the schemas of several Kubernetes versions, all errors, in people's words."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from jsonschema_rs import Draft202012Validator, ValidationError, ValidationErrorKind

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.engine.finding import MOST
from tierpolicies.engine.suggestion import nearest
from tierpolicies.schemas.bundle import COMMON, ROOT, Schema, bundle, custom

Path = tuple[str | int, ...]
_Error = tuple[Path, str, bool]


@dataclass(frozen=True, slots=True)
class Invalid:
    """What a schema refuses: the value's path, the reason, and the versions that refuse it."""

    path: Path
    message: str
    key: bool
    versions: tuple[str, ...]


class Validation:
    """Validators for the kinds of some objects, compiled together.

    What the versions have in common is compiled once; what a version alone says is compiled
    only for an object that the common schema refuses.
    """

    def __init__(self, manifests: Iterable[Manifest], *, versions: Sequence[str]) -> None:
        self._versions = versions
        self._compiled: dict[str, Draft202012Validator] = {}
        kinds = {_kind(manifest) for manifest in manifests}
        common = {name for kind in kinds if (name := bundle().kinds.get(kind, {}).get(COMMON)) is not None}
        self._common = _compile(common) if common else None

    def errors(self, manifest: Manifest) -> list[Invalid]:
        """Everything that is wrong with an object, each fault once."""
        if custom(*manifest.subject[:2]) is not None:
            return self._custom_errors(manifest)
        by_version = bundle().kinds[_kind(manifest)]
        common = by_version.get(COMMON)
        if common and self._common and self._common.is_valid({common: manifest.value}):
            return []
        found: dict[_Error, list[str]] = {}
        checked: dict[str, list[_Error]] = {}
        for version in self._versions:
            name = by_version.get(version)
            if name is None:
                message = f"{_kind(manifest)} is not served"
                found.setdefault((("apiVersion",), message, False), []).append(version)
                continue
            if name not in checked:
                checked[name] = self._version_errors(name, manifest.value)
            for error in checked[name]:
                found.setdefault(error, []).append(version)
        return [Invalid(*error, tuple(versions)) for error, versions in found.items()]

    def _version_errors(self, name: str, value: Value) -> list[_Error]:
        if name not in self._compiled:
            self._compiled[name] = _compile([name])
        schema = bundle().definitions[name]
        raised = self._compiled[name].iter_errors({name: value})
        return [
            each
            for error in raised
            for each in _explained(error, tuple(error.instance_path[1:]), schema, value)
        ]

    def _custom_errors(self, manifest: Manifest) -> list[Invalid]:
        schema = custom(*manifest.subject[:2]) or {}
        name = _kind(manifest)
        if name not in self._compiled:
            self._compiled[name] = Draft202012Validator(schema)
        return [
            Invalid(*each, ())
            for error in self._compiled[name].iter_errors(manifest.value)
            for each in _explained(error, tuple(error.instance_path), schema, manifest.value)
        ]


def _kind(manifest: Manifest) -> str:
    return f"{manifest.subject.api_version}/{manifest.kind}"


def _compile(names: Iterable[str]) -> Draft202012Validator:
    names = sorted(names)
    for name in names:
        bundle().load(name)
    roots = {name: {"$ref": ROOT + name} for name in names}
    return Draft202012Validator({"properties": roots, "$defs": bundle().definitions})


def _explained(error: ValidationError, path: Path, schema: Schema, value: Value) -> Iterator[_Error]:
    kind = error.kind
    if isinstance(kind, ValidationErrorKind.AdditionalProperties):
        fields = _fields(schema, path)
        for count, name in enumerate(kind.unexpected):
            hint = nearest(name, fields) if count < MOST else ""  # beyond, nobody gets to see it
            yield (*path, name), f"unknown field {name!r}{hint}", True
    elif isinstance(kind, ValidationErrorKind.Required):
        name = str(kind.property).strip('"')
        yield path, f"the field {name!r} is missing", False
    elif isinstance(kind, ValidationErrorKind.Type):
        wanted = " or ".join(each for each in kind.types if each != "null")
        given = _value_at(value, path)
        quoted = "; quote it" if wanted == "string" and isinstance(given, int | float) else ""
        yield path, f"expected {_article(wanted)}, not {_said(given)}{quoted}", False
    elif isinstance(kind, ValidationErrorKind.OneOfNotValid) and not isinstance(
        given := _value_at(value, path), dict
    ):
        yield path, f"expected a string or a number, not {_said(given)}", False
    elif isinstance(kind, ValidationErrorKind.Enum):
        given = _value_at(value, path)
        options = [str(option) for option in kind.options]
        choice = ", ".join(options)
        hint = nearest(given, options) if isinstance(given, str) else ""
        yield path, f"{_said(given)} is none of {choice}{hint}", False
    else:
        yield path, error.message, False


def _article(noun: str) -> str:
    return f"{'an' if noun[:1] in 'aeio' else 'a'} {noun}"


def _said(value: Value) -> str:
    if isinstance(value, dict):
        return "a mapping"
    if isinstance(value, list):
        return "a list"
    return json.dumps(value, ensure_ascii=False)


def _value_at(value: Value, path: Path) -> Value:
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int):
            value = value[step]
    return value


def _fields(schema: Schema, path: Path) -> list[str]:
    """The fields that a schema knows of the mapping at a path."""
    definitions = schema.get("$defs") or bundle().definitions
    for step in (*path, None):
        while "$ref" in schema:
            schema = definitions[schema["$ref"].removeprefix(ROOT)]
        if step is None:
            break
        if isinstance(step, int):
            schema = schema.get("items", {})
        else:
            further = schema.get("additionalProperties")
            other = further if isinstance(further, dict) else {}
            schema = schema.get("properties", {}).get(step, other)
    return list(schema.get("properties", ()))
