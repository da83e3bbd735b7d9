"""The JSON Schemas of the description's files, made from the models; editors complete and check by them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from pydantic.json_schema import JsonSchemaValue

from tierwright.description.base import Described
from tierwright.description.images import ImageLock
from tierwright.description.platform import Platform
from tierwright.description.workloads import App

FOLDER = ".schemas"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_MODELS: Mapping[str, type[Described]] = {
    "app.json": App,
    "images.json": ImageLock,
    "platform.json": Platform,
}


def schemas() -> Mapping[str, str]:
    """The text of each schema by file name; the same text for the same models."""
    return {name: _text(model.model_json_schema()) for name, model in _MODELS.items()}


def write(folder: Path) -> None:
    """Write every schema into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _text(schema: JsonSchemaValue) -> str:
    whole = {"$schema": _DIALECT, **_tidy(schema)}
    return json.dumps(whole, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _tidy(node: JsonSchemaValue) -> JsonSchemaValue:
    """A schema without pydantic's noise, and as strict about names that are keys as the models are."""
    tidy: JsonSchemaValue = {}
    for key, value in node.items():
        match value:
            case str() if key == "title":
                continue  # the field's own name in capitals
            case None if key == "default":
                continue  # absent, which says it all
            case dict() if key == "discriminator":
                continue  # OpenAPI's, unknown to JSON Schema
            case dict():
                tidy[key] = _tidy(value)
            case list():
                tidy[key] = [_tidy(each) if isinstance(each, dict) else each for each in value]
            case _:
                tidy[key] = value
    if "patternProperties" in tidy:
        tidy["additionalProperties"] = False
    return tidy
