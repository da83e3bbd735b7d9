"""Custom resources against what their CustomResourceDefinitions ask for."""

from functools import cache

from jsonschema_rs import Draft202012Validator, ReferencingError, ValidationError

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.nodes import Value
from tierpolicies.schemas.bundle import ROOT, Schema, bundle
from tierpolicies.schemas.definitions import Definition, Version
from tierpolicies.schemas.explanation import Explanation, Told
from tierpolicies.schemas.openapi import Conversion, as_stored, repeated
from tierpolicies.schemas.validation import PATTERNS, compiled, without_blanks

_UNUSABLE = (ValueError, ValidationError, ReferencingError)


class CustomResources:
    """Validators for the kinds of some definitions, each compiled when a first resource of it comes."""

    def __init__(self) -> None:
        self._compiled: dict[str, tuple[Draft202012Validator, Explanation] | str] = {}

    def errors(self, manifest: Manifest, definition: Definition) -> list[Told]:
        """Everything that is wrong with a resource of a defined kind."""
        name = manifest.subject.api_version.rpartition("/")[2]
        version = definition.versions.get(name)
        if version is None or not version.served:
            return [Told(("apiVersion",), _unserved(definition, name, is_there=version is not None))]
        value = _cleaned(manifest.value, version.schema.value)
        found = self._told(manifest, value, version)
        again = repeated(value, version.schema.value)
        return [*found, *(Told(path, "another item of the list is the same") for path in again)]

    def _told(self, manifest: Manifest, value: Value, version: Version) -> list[Told]:
        kind = f"{manifest.subject.api_version}/{manifest.kind}"
        if kind not in self._compiled:
            self._compiled[kind] = _compiled(_strict(version))
        pair = self._compiled[kind]
        if isinstance(pair, str):
            return [Told(("kind",), f"the schema of {kind} cannot be used, so this is not checked: {pair}")]
        validator, explanation = pair
        if validator.is_valid(value):
            return []
        return explanation.told(list(validator.iter_errors(value)), value, manifest.value, skip=0)


def _compiled(schema: Schema) -> tuple[Draft202012Validator, Explanation] | str:
    """A validator and who explains it, or why the schema is none."""
    definitions = {**bundle().shared, **schema.get("$defs", {})}
    whole = {**schema, "$defs": definitions}
    try:
        return compiled(whole), Explanation(whole, definitions.__getitem__, limits=False)
    except _UNUSABLE as error:
        return str(error).split("\n", 1)[0]


def _cleaned(value: dict[str, Value], schema: Value) -> dict[str, Value]:
    """A custom resource as an API server validates it; only in its metadata is an empty text absent."""
    cleaned = as_stored(value, schema)
    result = cleaned if isinstance(cleaned, dict) else {}
    return {**result, "metadata": without_blanks(value["metadata"])} if "metadata" in result else result


def _strict(version: Version) -> Schema:
    metadata = {"$ref": ROOT + bundle().metadata}
    embedded: Schema = bundle().shared[bundle().metadata]["allOf"][0]
    return Conversion(metadata, embedded, _is_pattern, pruned=version.pruned).resource(version.schema.value)


@cache
def _is_pattern(pattern: str) -> bool:
    try:
        Draft202012Validator({"pattern": pattern}, pattern_options=PATTERNS)
    except _UNUSABLE:
        return False
    return True


def _unserved(definition: Definition, name: str, *, is_there: bool) -> str:
    served = ", ".join(definition.served) or "none"
    reason = "is defined but not served" if is_there else "is not defined"
    return f"the version {name} of {definition.kind} {reason}; served are: {served}"
