"""The JSON Schemas that editors use: fresh, met by the shipped files, and never stricter than `load`."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tierwright.description.changes import VALUES, places_in, replaced
from tests.tierwright.description.small_platform import FILES
from tierpolicies.documents.yaml_source import parse
from tierwright.description.base import Described
from tierwright.description.images import ImageLock
from tierwright.description.platform import Platform
from tierwright.description.problems import DescriptionError
from tierwright.description.reading import read
from tierwright.description.schema import FOLDER, schemas, write
from tierwright.description.workloads import App

REPOSITORY = Path(__file__).parents[3]
SHIPPED = [
    (REPOSITORY / "platform.yaml", "platform.json"),
    (REPOSITORY / "images.lock.yaml", "images.json"),
    *((path, "app.json") for path in sorted(REPOSITORY.glob("apps/*/app.yaml"))),
]
MODELS: Mapping[str, tuple[type[Described], str]] = {
    "platform.yaml": (Platform, "platform.json"),
    "images.lock.yaml": (ImageLock, "images.json"),
}


def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(schemas()[name])
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_the_committed_schemas_are_what_the_models_make(tmp_path: Path) -> None:
    write(tmp_path / "new")
    made = {path.name: path.read_bytes() for path in (tmp_path / "new").iterdir()}
    assert made == {path.name: path.read_bytes() for path in (REPOSITORY / FOLDER).iterdir()}
    assert all(text.endswith(b"}\n") for text in made.values())


@pytest.mark.parametrize(("path", "schema"), SHIPPED, ids=lambda each: getattr(each, "parent", each))
def test_a_shipped_file_meets_its_schema_and_names_it(path: Path, schema: str) -> None:
    text = path.read_text(encoding="utf-8")
    modeline = re.match(r"# yaml-language-server: \$schema=(\S+)\n", text)
    assert modeline
    assert (path.parent / modeline[1]).resolve() == REPOSITORY / FOLDER / schema
    assert list(validator(schema).iter_errors(parse(text, file=path.name).value)) == []


def objects(node: object, path: str = "") -> Iterator[tuple[str, Mapping[str, object]]]:
    """Every schema that describes the keys of a mapping."""
    if isinstance(node, dict):
        if isinstance(node.get("properties"), dict):
            yield path, node
        for key, value in node.items():
            yield from objects(value, f"{path}/{key}")


@pytest.mark.parametrize("name", sorted(schemas()))
def test_every_key_is_described_and_no_other_is_allowed(name: str) -> None:
    for path, node in objects(json.loads(schemas()[name])):
        assert node["additionalProperties"] is False, path
        assert node["description"], path
        properties = node["properties"]
        assert isinstance(properties, dict)
        for key, value in properties.items():
            assert value["description"].endswith("."), f"{path}/{key}"
            assert "title" not in value, f"{path}/{key}"


@settings(max_examples=200)
@given(data=st.data(), file=st.sampled_from(sorted(FILES)), new=VALUES)
def test_what_can_be_read_meets_the_schema(data: st.DataObject, file: str, new: object) -> None:
    model, schema = MODELS.get(file, (App, "app.json"))
    before = yaml.safe_load(FILES[file])
    text = yaml.safe_dump(replaced(before, data.draw(st.sampled_from(places_in(before))), new))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "file.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            read(model, path, root=path.parent)
        except DescriptionError:
            return
    assert list(validator(schema).iter_errors(parse(text, file=file).value)) == []
