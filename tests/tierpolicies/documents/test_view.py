"""A view never loses the place, and never crashes on what is missing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.documents.manifest import manifest_of
from tierpolicies.documents.nodes import Value
from tierpolicies.documents.view import View
from tierpolicies.documents.yaml_source import parse

VALUES: st.SearchStrategy[Value] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
)
STEPS = st.lists(st.sampled_from("abc") | st.integers(0, 3), max_size=4)


@given(VALUES, STEPS)
def test_every_way_down_leads_to_the_same_value_and_path(value: Value, steps: list[str | int]) -> None:
    at_once = View(value).at(*steps)
    one_by_one = View(value)
    for step in steps:
        one_by_one = one_by_one[step]
    assert at_once.value is one_by_one.value
    assert at_once.path == one_by_one.path == tuple(steps)
    assert at_once.pointer == one_by_one.pointer


@given(VALUES)
def test_what_is_walked_knows_its_path(value: Value) -> None:
    def check(view: View) -> None:
        assert View(value).at(*view.path).value is view.value
        for item in view:
            check(item)
        for key, item in view.items():
            assert item.path[-1] == key
            check(item)

    check(View(value))


@pytest.mark.parametrize("value", [None, True, 1, 1.5, "text", [], {}])
def test_what_is_missing_reads_as_empty(value: Value) -> None:
    view = View(value)
    for missing in (view["a"], view[0], view.at("a", 0, "b")):
        assert not missing
        assert (missing.text, missing.integer, missing.mapping, missing.labels) == ("", None, {}, {})
        assert not [*missing, *missing.items(), *missing.values()]


def test_a_path_may_be_given() -> None:
    assert View(1, ("spec", 0))["a"].pointer == "/spec/0/a"


def test_an_object_tells_who_it_is() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web, labels: {app: web, size: 1}}\n"
    source = parse(text, file="web.yaml")
    assert isinstance(source.value, dict)
    manifest = manifest_of(source.value, source)
    assert tuple(manifest.subject) == ("apps/v1", "Deployment", "", "web")
    assert (manifest.group, manifest.kind, manifest.namespace, manifest.name) == (
        "apps",
        "Deployment",
        "",
        "web",
    )
    assert manifest.labels == {"app": "web"}
    assert manifest.labels is manifest.labels
    assert (manifest.file, manifest.damaged) == ("web.yaml", False)
    assert manifest.position("/metadata/labels/app") == (3, 37)
