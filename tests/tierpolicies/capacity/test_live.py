"""Lists of nodes and pods as kubectl prints them, good and bad."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tierpolicies.capacity.live import InputError, Placed, read_nodes, read_pods, schedule
from tierpolicies.capacity.model.features import Features

VERSION = Features((1, 36))


def node(name: str, **spec: object) -> dict[str, Any]:
    allocatable = {"cpu": "2", "memory": "4Gi", "pods": "110"}
    metadata = {"name": name, "labels": {"kubernetes.io/hostname": name}}
    return {"kind": "Node", "metadata": metadata, "spec": spec, "status": {"allocatable": allocatable}}


def pod(name: str, cpu: str = "1", **spec: object) -> dict[str, Any]:
    containers = [{"name": "main", "resources": {"requests": {"cpu": cpu}}}]
    return {"kind": "Pod", "metadata": {"name": name}, "spec": {"containers": containers, **spec}}


def listed(*items: object) -> str:
    return json.dumps({"apiVersion": "v1", "kind": "List", "items": items})


def placed(nodes: str, pods: str) -> list[Placed]:
    return schedule(read_nodes(nodes, "nodes.json"), read_pods(pods, "pods.json", VERSION), VERSION)


def test_pods_go_where_there_is_room_and_the_rest_is_told_why() -> None:
    found = placed(listed(node("a"), node("b")), listed(*(pod(f"p{number}") for number in range(5))))
    assert sorted(str(each.node) for each in found) == ["None", "a", "a", "b", "b"]
    assert found[-1] == Placed(
        "default",
        "p4",
        None,
        "0/2 nodes are available: 2 Insufficient cpu. no new claims to deallocate, preemption: "
        "0/2 nodes are available: 2 No preemption victims found for incoming pod.",
    )


def test_pods_with_a_node_stay_and_count() -> None:
    there = pod("there", nodeName="a")
    found = placed(listed(node("a")), listed(pod("late", cpu="1500m"), there))
    assert [each.node for each in found] == [None, "a"]


def test_a_pod_that_ended_counts_nowhere() -> None:
    ended = pod("ended", cpu="2", nodeName="a") | {"status": {"phase": "Succeeded"}}
    found = placed(listed(node("a")), listed(ended, pod("next", cpu="2")))
    assert [each.node for each in found] == ["a", "a"]


def test_a_gated_pod_waits() -> None:
    (found,) = placed(listed(node("a")), listed(pod("gated", schedulingGates=[{"name": "quota"}])))
    assert found.node is None
    assert found.message == "Scheduling is blocked due to non-empty scheduling gates"


def test_a_pod_of_higher_priority_takes_the_place_of_another() -> None:
    low = pod("low", cpu="2", nodeName="a", priority=1)
    found = placed(listed(node("a")), listed(low, pod("high", cpu="2", priority=9)))
    assert [each.node for each in found] == [None, "a"]
    assert "Insufficient cpu" in str(found[0].message)


def test_yaml_arrays_and_single_objects_are_read_too() -> None:
    text = "kind: Node\nmetadata: {name: a}\nstatus: {allocatable: {cpu: 4, memory: 1Gi, pods: 10}}\n"
    (only,) = read_nodes(text, "node.yaml")
    assert (only.allocatable["cpu"], only.pods) == (4000, 10)
    assert len(read_pods(json.dumps([pod("a"), pod("b")]), "pods.json", VERSION)) == 2


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (listed(node("a") | {"status": {"allocatable": {"cpu": "4x"}}}), "'4x' is not a quantity"),
        (listed(node("a") | {"status": {"allocatable": {"cpu": "-4"}}}), "'-4' is negative"),
        (listed(node("a") | {"status": {}}), "neither status.allocatable nor status.capacity"),
        (listed(node("a"), node("a")), "Node a stands in the list twice"),
        (listed(node("")), "a Node without a name"),
        (listed("a"), "not an object"),
        (listed(), "it holds no Node"),
        ("{}", "neither a List nor a Node"),
        ("{", "nodes.json:1:"),
        ("", "nodes.json:1:1: not JSON"),
    ],
)
def test_what_cannot_be_understood_is_told_with_its_place(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told) as error:
        read_nodes(text, "nodes.json")
    assert str(error.value).startswith("nodes.json:")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
KEYS = st.sampled_from(
    ["containers", "initContainers", "affinity", "tolerations", "topologySpreadConstraints", "nodeSelector",
     "overhead", "resources", "priority", "hostNetwork", "schedulingGates"]
)  # fmt: skip


@given(st.dictionaries(KEYS, JSON, max_size=4))
def test_no_spec_is_a_traceback(spec: dict[str, object]) -> None:
    text = listed({"kind": "Pod", "metadata": {"name": "p"}, "spec": spec})
    try:
        pods = read_pods(text, "pods.json", VERSION)
    except InputError:
        return
    schedule(read_nodes(listed(node("a")), "nodes.json"), pods, VERSION)
