"""Objects against the schemas of several Kubernetes versions, all errors, in people's words."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from jsonschema_rs import Draft202012Validator, RegexOptions, ValidationError

from tierpolicies.documents.nodes import Value
from tierpolicies.schemas.bundle import COMMON, ROOT, Schema, bundle
from tierpolicies.schemas.explanation import Explanation, Path, Told, value_at
from tierpolicies.schemas.formats import FORMATS

PATTERNS = RegexOptions()
"""Patterns are matched in linear time, by the syntax that Go's are written in."""


@dataclass(frozen=True, slots=True)
class Invalid:
    """What a schema refuses, and the versions that refuse it; of a custom resource none are named."""

    told: Told
    versions: tuple[str, ...]

    @property
    def path(self) -> Path:
        """The path of the value at fault."""
        return self.told.path

    @property
    def message(self) -> str:
        """What is wrong with it."""
        return self.told.message


class Validation:
    """Validators for some kinds, by `apiVersion/kind`, compiled together.

    What the versions have in common is compiled once; what a version alone says is compiled
    only for an object that the common schema refuses.
    """

    def __init__(self, kinds: Iterable[str], *, versions: Sequence[str]) -> None:
        self._versions = versions
        self._compiled: dict[str, Draft202012Validator] = {}
        self._roots: dict[str, Explanation] = {}
        own, custom = bundle().kinds, bundle().custom
        names = (own[kind].get(COMMON) if kind in own else custom[kind] for kind in kinds)
        common = {name for name in names if name is not None}
        self._common = compiled(bundle().text(common)) if common else None

    def errors(self, kind: str, value: Value) -> list[Invalid]:
        """Everything that is wrong with an object of a kind, each fault once."""
        by_version = bundle().kinds.get(kind, {})
        common = bundle().custom.get(kind) or by_version.get(COMMON)
        if common and self._common and self._common.is_valid({common: value}):
            return []
        if common and not by_version:
            return [Invalid(each, ()) for each in self._custom_errors(common, value)]
        told = self._told_by_version(by_version, without_nulls(value), value)
        found: dict[tuple[object, ...], tuple[Told, list[str]]] = {}
        for version, faults in told.items():
            for each in faults:
                found.setdefault(each.identity, (each, []))[1].append(version)
        return [Invalid(each, tuple(versions)) for each, versions in found.values()]

    def _custom_errors(self, name: str, written: Value) -> list[Told]:
        """What a bundled schema says of a custom resource; only in its metadata is an empty text absent."""
        value = without_nulls(written)
        if isinstance(value, dict) and "metadata" in value:
            value = {**value, "metadata": without_blanks(value["metadata"])}
        return self._explained(name, self._errors(name, value, limits=False), value, written)

    def _told_by_version(
        self, by_version: Mapping[str, str], value: Value, written: Value
    ) -> dict[str, list[Told]]:
        """What each version says that has the kind; where two say the same, so do those between them."""
        names = [(version, by_version[version]) for version in self._versions if version in by_version]
        found: dict[str, list[Told]] = {}

        def between(first: int, last: int) -> None:
            for index in (first, last):
                version, name = names[index]
                if version not in found:
                    found[version] = self._version_errors(name, value, written)
            if last - first < 2:
                return
            ends = (found[names[first][0]], found[names[last][0]])
            if {each.identity for each in ends[0]} == {each.identity for each in ends[1]}:
                found.update(dict.fromkeys((version for version, _ in names[first + 1 : last]), ends[0]))
                return
            middle = (first + last) // 2
            between(first, middle)
            between(middle, last)

        if names:
            between(0, len(names) - 1)
        return {version: found[version] for version, _ in names}

    def _version_errors(self, name: str, value: Value, written: Value) -> list[Told]:
        """What a version says of a value, an empty text counting as absent wherever that is better.

        Go tells the two apart for few fields only. So the texts that are refused for being empty are
        taken away, and what is still refused counts if it is refused without all the others as well.
        """
        errors = self._errors(name, value)
        bare = without_blanks(value)
        if not errors or bare == value:
            return self._explained(name, errors, value, written)
        for error in errors:
            path = error.instance_path[1:]
            if value_at(value, path) == "":
                value = _without(value, path)
        without_any = self._explained(name, self._errors(name, bare), bare, written)
        told = self._explained(name, self._errors(name, value), value, written)
        return [each for each in told if each in without_any]

    def _explained(
        self, name: str, errors: Sequence[ValidationError], value: Value, written: Value
    ) -> list[Told]:
        return self._roots[name].told(errors, value, written, skip=1)

    def _errors(self, name: str, value: Value, *, limits: bool = True) -> list[ValidationError]:
        if name not in self._compiled:
            self._compiled[name] = compiled(bundle().text([name]))
            root: Schema = {"properties": {name: {"$ref": ROOT + name}}}
            self._roots[name] = Explanation(root, bundle().definition, limits=limits)
        return list(self._compiled[name].iter_errors({name: value}))


def compiled(schema: str | Schema) -> Draft202012Validator:
    """A validator of a schema, or of its JSON."""
    return Draft202012Validator(schema, pattern_options=PATTERNS, formats=FORMATS, validate_formats=True)


def without_nulls(value: Value) -> Value:
    """A value without the fields that are null, which an API server takes for absent."""
    if isinstance(value, dict):
        return {key: without_nulls(each) for key, each in value.items() if each is not None}
    return [without_nulls(each) for each in value] if isinstance(value, list) else value


def without_blanks(value: Value) -> Value:
    """A value without the fields that are null or an empty text."""
    if isinstance(value, dict):
        return {key: without_blanks(each) for key, each in value.items() if each is not None and each != ""}
    return [without_blanks(each) for each in value] if isinstance(value, list) else value


def _without(value: Value, path: Sequence[str | int]) -> Value:
    """A value without the field at a path; an item of a list stays."""
    if isinstance(value, dict):
        step = str(path[0])
        if len(path) == 1:
            return {key: each for key, each in value.items() if key != step}
        return {key: _without(each, path[1:]) if key == step else each for key, each in value.items()}
    if isinstance(value, list) and len(path) > 1:
        return [_without(each, path[1:]) if index == path[0] else each for index, each in enumerate(value)]
    return value
