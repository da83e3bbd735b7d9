"""The JSON Schemas of the description's files, made from the models; editors complete and check by them."""

from __future__ import annotations

import ast
import inspect
import json
import textwrap
from collections.abc import Iterator, Mapping
from itertools import pairwise
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
    return {name: _text(_documented(model)) for name, model in _MODELS.items()}


def write(folder: Path) -> None:
    """Write every schema into `folder`, which is made where it is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _documented(root: type[Described]) -> JsonSchemaValue:
    """The schema of a model with its fields' docstrings as descriptions.

    pydantic would read them itself (`use_attribute_docstrings`), but at every import: parsing its own
    source would cost each synth 70 ms for something that only editors want.
    """
    schema = root.model_json_schema()
    nodes = {root.__name__: schema, **schema.get("$defs", {})}
    for model in _models(Described):
        properties = nodes.get(model.__name__, {}).get("properties", {})
        for field, text in _docstrings(model):
            alias = model.model_fields[field].alias or field
            if alias in properties:
                properties[alias].setdefault("description", text)
    return schema


def _models(base: type[Described]) -> Iterator[type[Described]]:
    for model in base.__subclasses__():
        yield model
        yield from _models(model)


def _docstrings(model: type[Described]) -> Iterator[tuple[str, str]]:
    """The fields of a model, its own before its bases', each with the string that stands below it."""
    for owner in model.__mro__:
        if not issubclass(owner, Described):
            continue
        (tree,) = ast.parse(textwrap.dedent(inspect.getsource(owner))).body
        assert isinstance(tree, ast.ClassDef)  # noqa: S101 - what getsource gives for a class
        for field, below in pairwise(tree.body):
            match field, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(
                    value=ast.Constant(value=str() as text)
                ):
                    yield name, inspect.cleandoc(text)


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
