"""The packed schemas are those of kubernetes-validate, and faults are told in people's words."""

import json
import zlib
from functools import cache
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from tierpolicies import rules
from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import read
from tierpolicies.schemas.build import build
from tierpolicies.schemas.bundle import COMMON, bundle
from tierpolicies.schemas.custom_kinds import Schema, custom_kinds
from tierpolicies.schemas.validation import Invalid, Validation, compiled, without_nulls

FIXTURES = Path(rules.__file__).parent


def errors(folder: Path, text: str, *versions: str) -> list[Invalid]:
    (folder / "object.yaml").write_text(text)
    manifests = {f"{each.subject.api_version}/{each.kind}": each for each in read(folder).manifests}
    validation = Validation(manifests, versions=versions or bundle().versions)
    return [error for kind, each in manifests.items() for error in validation.errors(kind, each.value)]


def test_the_data_files_are_what_the_build_makes_now() -> None:
    for path, data in build().items():
        assert zlib.decompress(path.read_bytes()) == zlib.decompress(data), path.name


def clean_objects() -> list[Manifest]:
    """Every clean object of the fixtures."""
    return [each for path in FIXTURES.glob("*/*/good") for each in read(path).manifests]


def test_what_all_versions_have_in_common_each_accepts() -> None:
    """What the common schema accepts of the fixtures, by the schema of every version."""
    checked = 0
    for manifest in clean_objects():
        by_version = bundle().kinds.get(f"{manifest.subject.api_version}/{manifest.kind}", {})
        if COMMON in by_version and accepts(by_version[COMMON], manifest):
            refusing = [version for version, name in by_version.items() if not accepts(name, manifest)]
            assert refusing == [], str(manifest.subject)
            checked += 1
    assert checked > 100


def test_another_validator_agrees() -> None:
    """One clean object of each kind by jsonschema, which shares no code with jsonschema-rs."""
    from jsonschema import Draft202012Validator as Independent

    clean = {f"{each.subject.api_version}/{each.kind}": each for each in clean_objects()}
    for kind, manifest in clean.items():
        name = bundle().kinds.get(kind, {}).get(COMMON)
        if name is not None and accepts(name, manifest):
            schema = json.loads(bundle().text([name]))
            assert Independent(schema).is_valid({name: without_nulls(manifest.value)}), kind


def accepts(name: str, manifest: Manifest) -> bool:
    return validator(name).is_valid({name: without_nulls(manifest.value)})


@cache
def validator(name: str) -> Draft202012Validator:
    return compiled(bundle().text([name]))


def test_the_common_schema_knows_no_field_that_a_version_does_not() -> None:
    whole = bundle()
    for by_version in whole.kinds.values():
        if COMMON not in by_version:
            continue
        common = whole.definition(by_version[COMMON])
        for version in whole.versions:
            fields = whole.definition(by_version[version]).get("properties", {})
            assert set(common.get("properties", {})) <= set(fields)


POD = "apiVersion: v1\nkind: Pod\nmetadata: {name: x}\nspec:\n  containers: [{name: x, image: x}]\n"


@pytest.mark.parametrize(
    ("text", "path", "message"),
    [
        (POD + "  hostnme: x\n", "spec/hostnme", "unknown field 'hostnme' (did you mean 'hostname"),
        (POD + "  priority: high\n", "spec/priority", 'expected an integer, not "high"'),
        (POD + "  nodeName: 5\n", "spec/nodeName", "expected a string, not 5; quote it"),
        (POD.replace("name: x, image", "image"), "spec/containers/0", "the field 'name' is missing"),
        (POD + "  overhead: {cpu: []}\n", "spec/overhead/cpu", "expected a string or a number"),
    ],
)
def test_a_fault_is_told_where_it_is(tmp_path: Path, text: str, path: str, message: str) -> None:
    (error,) = errors(tmp_path, text)
    assert "/".join(map(str, error.path)) == path
    assert error.message.startswith(message)
    assert error.versions == bundle().versions


def test_all_faults_of_an_object_are_told_at_once(tmp_path: Path) -> None:
    found = errors(tmp_path, POD + "  a: 1\n  b: 2\n  priority: x\n  nodeName: [1]\n")
    assert len(found) == 4


def test_a_field_of_later_versions_is_refused_by_the_earlier_ones(tmp_path: Path) -> None:
    (error,) = errors(tmp_path, POD + "  resources: {requests: {cpu: 1}}\n")
    assert error.versions[0] == bundle().versions[0]
    assert "1.37" not in error.versions
    assert errors(tmp_path, POD + "  resources: {requests: {cpu: 1}}\n", "1.37") == []


@pytest.mark.parametrize(("kind", "schema"), custom_kinds().items())
def test_a_custom_schema_is_strict_at_every_level(kind: str, schema: Schema) -> None:
    from jsonschema import Draft202012Validator as Independent

    assert kind in bundle().custom
    Independent.check_schema(schema)
    waiting: list[object] = [schema]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            assert "properties" not in part or "additionalProperties" in part or "oneOf" in part
            waiting += part.values()
        elif isinstance(part, list):
            waiting += part
