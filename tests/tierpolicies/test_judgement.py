"""The one entry: which versions count, and that no object makes it crash."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.tierpolicies.whole_objects import whole_objects
from tierpolicies import UnknownVersionError, judge, rules
from tierpolicies.documents.reader import read
from tierpolicies.platform import Platform, Pool, Tier

TODAY = date(2026, 11, 1)
FIXTURES = Path(rules.__file__).parent
OBJECTS = [
    manifest.value for path in sorted(FIXTURES.glob("*/*/good/*")) for manifest in read(path).manifests
]
PLATFORM = Platform(
    name="shop",
    environment="prod",
    kubernetes="1.36",
    region="us-east-1",
    cni="calico-vxlan",
    tiers=(Tier("api", 1, 1000, "plain"),),
    pools=(Pool("plain", "t3.medium", nodes=1, max_nodes=2, labels={"tier": "api"}),),
    certificate_names=("*.example.org",),
)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("kubernetes", "first", "count"),
    [(None, "1.37", 1), ("1.28", "1.28", 10), ("v1.36.4", "1.36", 2)],
)
def test_objects_must_be_valid_from_the_clusters_version_on(
    tmp_path: Path, kubernetes: str | None, first: str, count: int
) -> None:
    report = judge(tmp_path, platform=None, today=TODAY, kubernetes=kubernetes)
    assert report.versions[0] == first
    assert len(report.versions) == count


def test_an_unknown_version_names_those_known(tmp_path: Path) -> None:
    with pytest.raises(UnknownVersionError, match=r"1\.28 to 1\.37"):
        judge(tmp_path, platform=None, today=TODAY, kubernetes="1.99")


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_value_in_any_field_is_judged_without_a_crash(tmp_path: Path, data: Any) -> None:
    objects = copy.deepcopy(data.draw(st.sampled_from(OBJECTS)))
    replace_any_value(objects, data)
    (tmp_path / "object.json").write_text(json.dumps(objects), "utf-8")
    assert crashes(tmp_path) == []


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_topology_of_a_broker_is_judged_without_a_crash(tmp_path: Path, data: Any) -> None:
    keys = ("definitions.json", "messaging.json")
    broker: Any = copy.deepcopy(next(each for each in OBJECTS if {*keys} <= {*texts(each, "data")}))
    for key in keys:
        topology = json.loads(broker["data"][key])
        replace_any_value(topology, data)
        broker["data"][key] = json.dumps(topology)
    (tmp_path / "object.json").write_text(json.dumps(broker), "utf-8")
    assert crashes(tmp_path) == []


WHOLE = whole_objects()


def test_an_object_of_every_kind_with_every_field_is_judged_without_a_crash() -> None:
    assert crashes(as_file(list(WHOLE.values()))) == []


@settings(max_examples=80)
@given(data=st.data())
def test_any_values_in_any_fields_of_any_kind_are_judged_without_a_crash(data: Any) -> None:
    spoilt = copy.deepcopy(WHOLE[data.draw(st.sampled_from(sorted(WHOLE)))])
    for _ in range(data.draw(st.integers(1, 4))):
        replace_any_value(spoilt, data)
    # What refers to it, and what it may refer to, is there, so that rules find both.
    others = [WHOLE[kind] for kind in ("v1/Pod", "apps/v1/Deployment", "v1/Service", "v1/ConfigMap")]
    assert crashes(as_file([spoilt, *others])) == []


def texts(value: Any, field: str) -> dict[str, str]:
    found = value.get(field)
    return found if isinstance(found, dict) else {}


def as_file(objects: list[Any]) -> dict[str, bytes]:
    return {"objects.json": json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}).encode()}


def replace_any_value(parent: Any, data: Any) -> None:
    key = data.draw(st.sampled_from(sorted(parent)))
    while isinstance(parent[key], dict | list) and parent[key] and data.draw(st.booleans()):
        parent = parent[key]
        keys = sorted(parent) if isinstance(parent, dict) else list(range(len(parent)))
        key = data.draw(st.sampled_from(keys))
    parent[key] = data.draw(VALUES)


def crashes(where: Path | dict[str, bytes]) -> list[str]:
    report = judge(where, platform=PLATFORM, today=TODAY)
    return [each.message for each in report.findings if each.rule == "input/rule-crashed"]
