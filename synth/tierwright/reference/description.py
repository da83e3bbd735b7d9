"""The reference of the description's files, made from the JSON Schemas of their models."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from tierwright.description.schema import schemas

_TITLES = {
    "platform.json": ("platform.yaml", "the platform: cluster, tiers, queues, stores, environments, rules"),
    "app.json": ("app.yaml", "an app: `apps/<app>/app.yaml`, its workloads and whom they talk to"),
    "images.json": ("images.lock.yaml", "which image each app runs in each environment"),
}
Schema = Mapping[str, Any]
"""A JSON Schema, or a part of one, as parsed."""


def page() -> str:
    """Every key of every file: its form, what holds where it is absent, and its meaning."""
    opening = (
        "# The description\n\n"
        "Every key that a description may have. Unknown keys are refused, with the nearest name that would\n"
        "mean something. Editors complete and check all of it by the schemas\n"
        "that `tierwright schema` writes.\n"
    )
    return "\n".join([opening, *(_file(name, json.loads(text)) for name, text in _ordered())])


def _ordered() -> Iterator[tuple[str, str]]:
    texts = schemas()
    return ((name, texts[name]) for name in _TITLES)


def _file(name: str, schema: Schema) -> str:
    file, about = _TITLES[name]
    types = schema.get("$defs", {})
    sections = [f"## {file}\n\nThis is {about}.\n", _table(schema, schema, file)]
    for each in _reached(schema, types):
        sections.append(f"### {_heading(each, file)}\n")
        about_type = types[each].get("description", "").strip()
        sections.append(f"{about_type}\n" if about_type else "")
        sections.append(_table(types[each], schema, file))
    return "\n".join(part for part in sections if part)


def _heading(name: str, file: str) -> str:
    """A type's heading; the file stands with it, because two files may have a type of one name."""
    return f"{name} in {file}"


def _reached(schema: Schema, types: Mapping[str, Schema]) -> list[str]:
    """The types with keys of their own, in the order in which a reader meets them."""
    found: list[str] = []
    waiting = list(_references(schema.get("properties", {})))
    while waiting:
        name = waiting.pop(0)
        if name in found:
            continue
        if "properties" in types[name]:
            found.append(name)
        waiting = [*_references(types[name]), *waiting]
    return found


def _references(node: object) -> Iterator[str]:
    if isinstance(node, Mapping):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"].rpartition("/")[2]
        for key, value in node.items():
            if key != "$defs":
                yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)


def _table(schema: Schema, root: Schema, file: str) -> str:
    required = schema.get("required", ())
    rows = [
        f"| `{key}` | {_form(value, root, file)} | {_absent(key, value, required)} | "
        f"{_cell(value.get('description', ''))} |"
        for key, value in schema.get("properties", {}).items()
    ]
    return "\n".join(["| key | form | if absent | meaning |", "|---|---|---|---|", *rows, ""]) if rows else ""


def _absent(key: str, value: Schema, required: object) -> str:
    if isinstance(required, list) and key in required:
        return "**needed**"
    default = value.get("default")
    if default in (None, [], {}, ""):
        return ""
    if isinstance(default, dict):
        return "its own defaults"
    return f"`{json.dumps(default, ensure_ascii=False)}`"


def _form(value: Schema, root: Schema, file: str) -> str:
    """What may be written, in words: a type's name is a link to its table."""
    if "$ref" in value:
        name = value["$ref"].rpartition("/")[2]
        named = root["$defs"][name]
        return _link(name, file) if "properties" in named else _form(named, root, file)
    if "const" in value:
        return f"`{value['const']}`"
    if "enum" in value:
        return ", ".join(f"`{each}`" for each in value["enum"])
    for key in ("anyOf", "oneOf"):
        if key in value:
            forms = [_form(each, root, file) for each in value[key] if each.get("type") != "null"]
            return " or ".join(dict.fromkeys(forms))
    return _typed(value, root, file)


def _typed(value: Schema, root: Schema, file: str) -> str:
    match value.get("type"):
        case "array":
            return f"list of {_form(value.get('items', {}), root, file)}"
        case "object":
            return f"map to {_form(_values(value), root, file)}"
        case list() if "examples" in value:
            return f"text or number, such as {', '.join(f'`{each}`' for each in value['examples'])}"
        case list() as several:
            return " or ".join(map(str, several))
        case str() as one:
            return f"{one}{_bounds(value)}"
    return "anything"


def _values(value: Schema) -> Schema:
    """What the entries of a map may be."""
    for candidate in (value.get("additionalProperties"), *value.get("patternProperties", {}).values()):
        if isinstance(candidate, Mapping):
            return candidate
    return {}


def _bounds(value: Schema) -> str:
    least, most = value.get("minimum"), value.get("maximum")
    if least is not None and most is not None:
        return f", {least} to {most}"
    if least is not None:
        return f", {least} or more"
    return f", {most} at most" if most is not None else ""


def _link(name: str, file: str) -> str:
    return f"[{name}](#{_anchor(_heading(name, file))})"


def _anchor(heading: str) -> str:
    """The anchor that MkDocs gives to a heading."""
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", heading.lower())).strip("-")


def _cell(text: str) -> str:
    """A text for a cell of a table: one line, in which `<name>` is not taken for HTML."""
    parts = " ".join(text.replace("|", "\\|").split()).split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))
