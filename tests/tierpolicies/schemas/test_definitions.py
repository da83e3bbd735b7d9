"""CustomResourceDefinitions: what their resources may hold, as an API server would decide."""

import copy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tierpolicies import judge
from tierpolicies.engine.finding import Finding
from tierpolicies.engine.settings import Settings
from tierpolicies.schemas.formats import FORMATS

TODAY = date(2026, 11, 1)
Object = dict[str, Any]


def definition(properties: Object, **spec: Any) -> Object:
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": "widgets.example.com"},
        "spec": {
            "group": "example.com",
            "scope": "Namespaced",
            "names": {"plural": "widgets", "singular": "widget", "kind": "Widget"},
            "versions": [
                {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
            ],
            **spec,
        },
    }


def widget(spec: object, version: str = "v1", **metadata: Any) -> Object:
    named = {"name": "round", "namespace": "shop", **metadata}
    return {"apiVersion": f"example.com/{version}", "kind": "Widget", "metadata": named, "spec": spec}


def findings(*objects: Object, crds: tuple[Path, ...] = ()) -> list[Finding]:
    files = {"objects.yaml": yaml.safe_dump_all(objects).encode()}
    chosen = Settings(select=("schema",), crds=crds)
    return list(judge(files, platform=None, today=TODAY, settings=chosen).findings)


def messages(*objects: Object) -> list[str]:
    return [f"{each.rule} {each.pointer}: {each.message}" for each in findings(*objects)]


TEXT: Object = {"type": "string"}
CLOSED: Object = {"type": "object", "properties": {"a": TEXT}}
OPEN: Object = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
LIST: Object = {"type": "array", "items": TEXT}


@pytest.mark.parametrize(
    ("field", "good", "bad", "message"),
    [
        ({"type": "integer", "minimum": 1}, 1, 0, "0 is less than 1"),
        ({"type": "integer", "minimum": 1, "exclusiveMinimum": True}, 2, 1, "1 is less than 1"),
        ({"type": "number", "maximum": 2, "multipleOf": 0.5}, 1.5, 3, "3 is more than 2"),
        ({"type": "integer"}, 1, "1", 'expected an integer, not "1"'),
        (TEXT, "a", 1, "expected a string, not 1; quote it"),
        (TEXT | {"enum": ["red", "green"]}, "red", "rde", '"rde" is none of red, green (did you mean'),
        (TEXT | {"pattern": "^a+$"}, "aa", "b", "does not match"),
        (TEXT | {"maxLength": 2}, "aa", "aaa", "longer than 2"),
        (TEXT | {"format": "ipv4"}, "10.0.0.1", "10.0.0", "ipv4"),
        (TEXT | {"format": "duration"}, "1h30m", "an hour", "duration"),
        (TEXT | {"format": "date-time"}, "2026-11-01T00:00:00Z", "today", "date-time"),
        (TEXT | {"format": "of-my-own"}, "x", 1, "expected a string"),
        (TEXT | {"nullable": True}, None, 1, "expected a string"),
        (LIST | {"minItems": 1}, ["a"], [], "has less than 1"),
        (LIST, ["a"], [1], "expected a string, not 1"),
        (LIST | {"x-kubernetes-list-type": "set"}, ["a", "b"], ["a", "a"], "another item of the list"),
        (
            {
                "type": "array",
                "items": CLOSED,
                "x-kubernetes-list-type": "map",
                "x-kubernetes-list-map-keys": ["a"],
            },
            [{"a": "1"}, {"a": "2"}],
            [{"a": "1"}, {"a": "1"}],
            "another item of the list is the same",
        ),
        (CLOSED, {"a": "b"}, {"b": "a"}, "unknown field 'b'"),
        ({"type": "object"}, {}, {"b": "a"}, "unknown field 'b'"),
        (
            {"type": "object", "additionalProperties": {"type": "integer"}},
            {"a": 1},
            {"a": "b"},
            "expected an",
        ),
        (CLOSED | {"required": ["a"]}, {"a": ""}, {}, "the field 'a' is missing"),
        ({"x-kubernetes-int-or-string": True}, "25%", [1], "expected an integer or string, not a list"),
        (OPEN | {"properties": {"a": TEXT}}, {"a": "b", "c": [1]}, {"a": 1}, "expected a string, not 1"),
        (
            OPEN | {"x-kubernetes-embedded-resource": True},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web"}, "spec": {}},
            {"apiVersion": "v1", "kind": "Pod", "metadata": {"names": "web"}},
            "unknown field 'names'",
        ),
        (
            CLOSED
            | {"properties": {"a": TEXT, "b": TEXT}, "oneOf": [{"required": ["a"]}, {"required": ["b"]}]},
            {"a": "x"},
            {"a": "x", "b": "z"},
            "takes one of a, b, and has a and b",
        ),
    ],
)
def test_a_field_takes_what_its_schema_says(field: Object, good: object, bad: object, message: str) -> None:
    defined = definition({"field": field})
    assert messages(defined, widget({"field": good})) == []
    (found,) = messages(defined, widget({"field": bad}))
    assert found.startswith("schema/valid /spec/field")
    assert message in found


def test_defaults_count_as_written() -> None:
    required = {"type": "string", "default": "red"}
    field = {"type": "object", "required": ["color"], "properties": {"color": required}, "default": {}}
    assert messages(definition({"field": field}), widget({})) == []
    assert messages(definition({"field": field}), widget({"field": {"color": None}})) == []
    choice = [{"properties": {"color": {"enum": ["red"]}}}, {"properties": {"color": {"enum": ["blue"]}}}]
    assert messages(definition({"field": {**field, "oneOf": choice}}), widget({"field": {}})) == []


def test_null_is_absent_where_it_is_not_a_value() -> None:
    field = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
    (found,) = messages(definition({"field": field}), widget({"field": {"a": None}}))
    assert found.endswith("the field 'a' is empty")


def test_a_pattern_that_only_go_could_read_is_left_out() -> None:
    field = {"type": "string", "pattern": "^(a"}
    assert messages(definition({"field": field}), widget({"field": "b"})) == []


def test_metadata_is_always_there_and_checked() -> None:
    defined = definition({})
    assert messages(defined, widget({}, labels={"app": "web"}, creationTimestamp=None)) == []
    assert "schema/label-syntax" in messages(defined, widget({}, labels={"app": "a b"}))[0]
    assert "schema/object-name" in messages(defined, widget({}, name="Round"))[0]
    assert "unknown field 'lables'" in messages(defined, widget({}, lables={}))[0]


def test_a_version_that_is_not_served_is_told_with_those_that_are() -> None:
    defined = definition({})
    old = {**defined["spec"]["versions"][0], "name": "v1alpha1", "served": False, "storage": False}
    defined["spec"]["versions"].append(old)
    (found,) = messages(defined, widget({}, "v1alpha1"))
    told = "the version v1alpha1 of Widget is defined but not served; served are: v1"
    assert found == f"schema/valid /apiVersion: {told}"
    (found,) = messages(defined, widget({}, "v2"))
    assert "is not defined" in found


def test_a_definition_of_the_first_kind_is_gone_and_understood() -> None:
    old = definition({})
    schema = old["spec"].pop("versions")[0]["schema"]
    old["apiVersion"] = "apiextensions.k8s.io/v1beta1"
    old["spec"] |= {"version": "v1", "validation": schema, "preserveUnknownFields": False}
    found = messages(old, widget({"size": 1}))
    assert any(each.startswith("schema/removed-api") for each in found)
    assert any("unknown field 'size'" in each for each in found)
    del old["spec"]["preserveUnknownFields"]
    assert not any("unknown field" in each for each in messages(old, widget({"size": 1})))


def test_a_definition_in_the_tree_comes_before_the_bundled_schema() -> None:
    store = {
        "apiVersion": "external-secrets.io/v1",
        "kind": "SecretStore",
        "metadata": {"name": "store", "namespace": "shop"},
        "spec": {"of-my-own": 1},
    }
    own = definition({"of-my-own": {"type": "integer"}}, group="external-secrets.io")
    own["spec"]["names"] = {"plural": "secretstores", "singular": "secretstore", "kind": "SecretStore"}
    own["metadata"]["name"] = "secretstores.external-secrets.io"
    assert messages(own, store) == []
    assert messages(store) != []


def test_definitions_are_given_from_outside(tmp_path: Path) -> None:
    (tmp_path / "crds").mkdir()
    given_file = tmp_path / "crds" / "widget.yaml"
    given_file.write_text(yaml.safe_dump(definition({"size": {"type": "integer"}})))
    assert [each.rule for each in findings(widget({"size": 1}))] == ["input/unknown-kind"]
    assert findings(widget({"size": 1}), crds=(given_file,)) == []
    (found,) = findings(widget({"size": "1"}), crds=(tmp_path / "crds",))
    assert found.rule == "schema/valid"


@pytest.mark.parametrize(
    ("text", "message"),
    [(None, "cannot be read"), ("a: [", "not YAML"), ("# nothing", "no CustomResourceDefinition is here")],
)
def test_definitions_that_cannot_be_used_are_told(tmp_path: Path, text: str | None, message: str) -> None:
    path = tmp_path / "crds.yaml"
    if text is not None:
        path.write_text(text)
    found = findings(widget({}), crds=(path,))
    assert sorted(each.rule for each in found) == ["input/definitions", "input/unknown-kind"]
    (told,) = (each for each in found if each.rule == "input/definitions")
    assert message in told.message
    assert told.file.endswith("crds.yaml")


def test_kinds_that_a_broken_definition_may_define_are_left_alone() -> None:
    broken = b"kind: CustomResourceDefinition\nmetadata: {name: a\n"
    files = {"a.yaml": yaml.safe_dump(widget({})).encode(), "b.yaml": broken}
    report = judge(files, platform=None, today=TODAY)
    assert {each.rule for each in report.findings if each.rule.startswith("input/")} == {"input/syntax"}
    built_in = {"apiVersion": "apps/v1", "kind": "Deploymnet", "metadata": {"name": "web"}}
    files["a.yaml"] = yaml.safe_dump(built_in).encode()
    report = judge(files, platform=None, today=TODAY)
    assert "input/unknown-kind" in {each.rule for each in report.findings}


KEYWORDS = (
    *("type", "properties", "items", "additionalProperties", "required", "enum", "pattern", "format"),
    *(
        "minimum",
        "exclusiveMinimum",
        "maxLength",
        "multipleOf",
        "oneOf",
        "not",
        "allOf",
        "nullable",
        "default",
    ),
    *("x-kubernetes-preserve-unknown-fields", "x-kubernetes-int-or-string", "x-kubernetes-embedded-resource"),
    *("x-kubernetes-list-type", "x-kubernetes-list-map-keys", "a"),
)
NUMBERS = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
WORDS = st.text(max_size=5) | st.sampled_from(["object", "array", "string", "(", "ipv4", "set", "map"])
VALUES = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(KEYWORDS), inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=150)
@given(schema=VALUES, value=VALUES)
def test_any_schema_and_any_resource_are_judged_without_a_crash(schema: Any, value: Any) -> None:
    defined = copy.deepcopy(definition({}))
    defined["spec"]["versions"][0]["schema"]["openAPIV3Schema"] = schema
    crashed = [each for each in findings(defined, widget(value)) if each.rule == "input/rule-crashed"]
    assert crashed == []


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("date", "2026-11-01", "2026-13-01"),
        ("duration", "2 days", "soon"),
        ("ipv6", "2001:db8::1", "10.0.0.1"),
        ("cidr", "10.0.0.0/8", "10.0.0.0"),
        ("mac", "00:00:5e:00:53:01", "00:00"),
        ("uuid", "123e4567-e89b-12d3-a456-426614174000", "123"),
        ("byte", "YQ==", "a b"),
        ("uri", "https://example.com/a", "example"),
        ("hostname", "a.example.com", "a b"),
        ("email", "ada@example.com", "ada"),
        ("k8s-short-name", "web-1", "Web"),
        ("k8s-long-name", "web.example.com", "web..com"),
    ],
)
def test_formats_are_those_of_the_api_server(name: str, good: str, bad: str) -> None:
    assert FORMATS[name](good)
    assert not FORMATS[name](bad)
