"""What pydantic found wrong -> what a person did wrong: one place, one reason, one mend."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

from pydantic_core import ErrorDetails

from tierpolicies.documents.yaml_source import Source, pointer
from tierwright.description.problems import Problem, nearest, suggestion

Schema = Mapping[str, object]
Path = tuple[str | int, ...]

_KINDS = {
    "string_type": ("text", "put it in quotes"),
    "int_type": ("a whole number", "write digits only, for example 3"),
    "int_from_float": ("a whole number", "write digits only, for example 3"),
    "float_type": ("a number", "write a number without quotes, for example 0.5"),
    "bool_type": ("true or false", "write true or false, without quotes"),
    "date_type": ("a date", "write year-month-day, for example 2027-02-15"),
    "date_from_datetime_parsing": ("a date", "write year-month-day, for example 2027-02-15"),
    "date_parsing": ("a date", "write year-month-day, for example 2027-02-15"),
    "tuple_type": ("a list", "write [item, item], or a line `- item` for each"),
    "dict_type": ("a mapping", "write a line `key: value` for each"),
    "model_type": ("a mapping", "write a line `key: value` for each"),
    "model_attributes_type": ("a mapping", "write a line `key: value` for each"),
}
"""Errors about the kind of a value: what was wanted, and how that is written."""

_BOUNDS = {
    "greater_than_equal": ("too small", "at least", "ge"),
    "greater_than": ("too small", "more than", "gt"),
    "less_than_equal": ("too large", "at most", "le"),
}


@dataclass(frozen=True)
class _Mistake:
    """An error with its way in the file; `schema` is the JSON Schema of what stands there."""

    kind: str
    path: Path
    at_key: bool
    value: object
    message: str
    context: Mapping[str, object]
    schema: Schema

    @property
    def where(self) -> str:
        return _dotted(self.path)

    @property
    def said(self) -> str:
        return _said(self.value)

    @property
    def inside(self) -> str:
        return f" in {_dotted(self.path[:-1])}" if len(self.path) > 1 else ""

    @property
    def tags(self) -> Schema:
        """The values of the key that says which model of a union is meant."""
        return _mapping(_mapping(self.schema, "discriminator"), "mapping")


def explain(errors: Iterable[ErrorDetails], schema: Schema, source: Source) -> list[Problem]:
    """The problems behind pydantic's errors; `schema` is the JSON Schema of the file's model."""
    found = list(errors)
    misspelt = {
        (*_walk(around, schema)[0], nearest(str(name), _mapping(_walk(around, schema)[1], "properties")))
        for *around, name in (details["loc"] for details in found if details["type"] == "extra_forbidden")
    }
    return [
        _explain(details, schema, source)
        for details in found
        if not (
            # The key is there, misspelt, and that is told already.
            (details["type"] == "missing" and _walk(details["loc"], schema)[0] in misspelt)
            # There are entries, and what is wrong with them is told already.
            or (details["type"] == "too_short" and details["input"])
        )
    ]


def _explain(details: ErrorDetails, schema: Schema, source: Source) -> Problem:
    kind, loc = details["type"], details["loc"]
    # An unknown key has no schema of its own: the mapping around it knows the right ones.
    # Where a key is wrong, pydantic's input is the key; a key may also be called `[key]` itself.
    of_key = loc[-1:] == ("[key]",) and len(loc) > 1 and details["input"] == loc[-2]
    path, node = _walk(loc[:-1] if kind == "extra_forbidden" else loc, schema, of_key=of_key)
    if kind == "extra_forbidden" or of_key:
        path = (*path, loc[-1] if kind == "extra_forbidden" else loc[-2])
    elif kind == "union_tag_invalid":
        path = (*path, str(_mapping(node, "discriminator")["propertyName"]))
    mistake = _Mistake(
        kind=kind,
        path=path,
        at_key=kind == "extra_forbidden" or of_key,
        value=details["input"],
        message=details["msg"].removeprefix("Value error, "),
        context=details.get("ctx", {}),
        schema=node,
    )
    message, mend = _key(mistake) or _choice(mistake) or _value(mistake)
    line, column = source.position(pointer(path), key=mistake.at_key)
    return Problem(source.file, line, column, message, mend, _meant(mistake))


def _meant(mistake: _Mistake) -> tuple[str, str] | None:
    """A misspelt key, and the one it is near."""
    if mistake.kind != "extra_forbidden":
        return None
    name = str(mistake.path[-1])
    near = nearest(name, _mapping(mistake.schema, "properties"))
    return (name, near) if near is not None else None


def _key(mistake: _Mistake) -> tuple[str, str] | None:
    """A key that is unknown, missing, or not a name."""
    name, inside = str(mistake.path[-1]) if mistake.path else "", mistake.inside
    match mistake.kind:
        case "extra_forbidden":
            return f"unknown key {name!r}{inside}", suggestion(name, _mapping(mistake.schema, "properties"))
        case "literal_error" if mistake.at_key:
            known = cast("list[str]", _mapping(mistake.schema, "propertyNames").get("enum", []))
            return f"unknown key {name!r}{inside}", suggestion(name, known)
        case "value_error" if mistake.at_key:
            reason, _, mend = mistake.message.partition("; ")
            return f"the key {name!r}{inside} {reason}", mend
        case "missing":
            return f"{mistake.where} is missing", f"add `{name}:`{inside or ' at the top of the file'}"
        case _:
            return None


def _choice(mistake: _Mistake) -> tuple[str, str] | None:
    """A value that is none of those that there are."""
    match mistake.kind:
        case "union_tag_not_found":
            key = _mapping(mistake.schema, "discriminator")["propertyName"]
            return f"{mistake.where} has no {key}", f"add `{key}:` with one of {', '.join(mistake.tags)}"
        case "union_tag_invalid":
            written = cast("Schema", mistake.value)[str(mistake.path[-1])]
            message = f"{mistake.where} is {_said(written)}, which is none of its values"
            return message, suggestion(str(written), mistake.tags)
        case "literal_error":
            known = cast("list[object]", mistake.schema.get("enum", [mistake.schema.get("const")]))
            message = f"{mistake.where} is {mistake.said}, which is none of its values"
            return message, suggestion(str(mistake.value), map(str, known))
        case _:
            return None


def _value(mistake: _Mistake) -> tuple[str, str]:
    """A value of the wrong kind, size or form."""
    where, said = mistake.where, mistake.said
    match mistake.kind:
        case "value_error" | "neither":
            shown = f" ({said})" if isinstance(mistake.value, str | int | float) else ""
            reason, _, mend = mistake.message.partition("; ")
            return f"{where}{shown} {reason}", mend
        case kind if kind in _KINDS:
            wanted, mend = _KINDS[kind]
            return f"{where} is {said}, not {wanted}", mend
        case kind if kind in _BOUNDS:
            fault, bound, name = _BOUNDS[kind]
            return f"{where} is {said}: {fault}", f"write a number that is {bound} {mistake.context[name]}"
        case "too_short":
            return f"{where} is empty", "give it at least one entry"
        case "string_too_short":
            length = mistake.context["min_length"]
            return f"{where} is too short: {said}", f"write {length} characters or more"
        case _:
            return f"{where} is wrong: {mistake.message}", "see what the JSON Schema says about this key"


def _walk(loc: Sequence[str | int], schema: Schema, *, of_key: bool = False) -> tuple[Path, Schema]:
    """Where pydantic's path leads in the file, and the schema there.

    pydantic also counts steps that stand in no file: the tag of a union's member, and `[key]` at the end
    where a key itself is wrong.
    """
    path: list[str | int] = []
    node = _resolved(schema, schema)
    for index, step in enumerate(loc):
        if of_key and index == len(loc) - 2:
            break
        if "oneOf" in node:
            tagged = _mapping(_mapping(node, "discriminator"), "mapping").get(str(step))
            node = _resolved({"$ref": tagged}, schema) if tagged else {}
            continue
        path.append(step)
        patterns = _mapping(node, "patternProperties").values()
        below = _mapping(node, "properties").get(str(step)) or next(iter(patterns), None)
        below = below or node.get("additionalProperties") or node.get("items")
        node = _resolved(cast("Schema", below), schema) if isinstance(below, Mapping) else {}
    return tuple(path), node


def _resolved(node: Schema, root: Schema) -> Schema:
    """A schema without its reference, and without the choice to be null."""
    reference, choices = node.get("$ref"), node.get("anyOf")
    if isinstance(reference, str):
        return _resolved(cast("Schema", _mapping(root, "$defs")[reference.rpartition("/")[2]]), root)
    if isinstance(choices, list):
        return _resolved(cast("Schema", choices[0]), root)
    return node


def _mapping(node: Schema, name: str) -> Schema:
    return cast("Schema", node.get(name, {}))


def _dotted(path: Path) -> str:
    return (
        re.sub(r"\.(?=\[)", "", ".".join(f"[{s}]" if isinstance(s, int) else s for s in path)) or "the file"
    )


def _said(value: object) -> str:
    match value:
        case None:
            return "empty"
        case bool():
            return "true" if value else "false"
        case int() | float():
            return f"the number {value}"
        case Mapping():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return repr(value)
