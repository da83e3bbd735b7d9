"""The values of a chart: declared ones and those that follow from tier and resources."""

from __future__ import annotations

import re

import pytest

from tiered.errors import TieredError
from tiered.gitops.component_values import ComponentPod, component_values, merged
from tiered.origin import Origin, Text, origin_of
from tiered.workloads.container import Resources
from tiered.workloads.pod import Placement

TOLERATION = {"key": "node-role.kubernetes.io/control-plane", "operator": "Exists", "effect": "NoSchedule"}
CONTROL = Placement(
    tier="control", priority_class="tier-control", node_selector={"tier": "control"}, tolerations=[TOLERATION]
)
SMALL = Resources(requests={"cpu": "0.02", "memory": "64Mi"}, limits={"memory": "128Mi"})
SMALL_BODY = {"requests": {"cpu": "20m", "memory": "64Mi"}, "limits": {"memory": "128Mi"}}
PLACED = {"nodeSelector": {"tier": "control"}, "tolerations": [TOLERATION]}


def test_each_pod_is_placed_and_gets_its_resources_where_the_chart_reads_them() -> None:
    # GIVEN a chart with its own pod at the top and two more below, ranked by one global value
    pods = [
        ComponentPod(name="controller", priority_at="global", containers={"main": ("resources", SMALL)}),
        ComponentPod(
            name="webhook",
            at="webhook",
            priority_at="global",
            containers={"main": ("webhook.resources", SMALL)},
        ),
    ]

    # WHEN
    values = component_values(
        declared={"crds": {"enabled": True}, "webhook": {"replicaCount": 1}}, pods=pods, placement=CONTROL
    )

    # THEN
    assert values == {
        "crds": {"enabled": True},
        "webhook": {"replicaCount": 1, **PLACED, "resources": SMALL_BODY},
        **PLACED,
        "global": {"priorityClassName": "tier-control"},
        "resources": SMALL_BODY,
    }


def test_a_pod_on_every_node_tolerates_everything_and_is_bound_to_none() -> None:
    pod = ComponentPod(
        name="exporter", per_node=True, at="node-exporter", priority_class="system-node-critical"
    )

    assert component_values(declared={}, pods=[pod], placement=CONTROL) == {
        "node-exporter": {
            "tolerations": [{"operator": "Exists"}],
            "priorityClassName": "system-node-critical",
        }
    }


def test_where_nodes_are_not_set_apart_only_the_rank_follows() -> None:
    anywhere = Placement(tier="all", priority_class="tier-all")

    values = component_values(declared={}, pods=[ComponentPod(name="main")], placement=anywhere)

    assert values == {"priorityClassName": "tier-all"}


def test_a_chart_without_such_settings_gets_resources_alone() -> None:
    pod = ComponentPod(name="main", at=None, containers={"main": ("deployment.resources", SMALL)})

    assert component_values(declared={}, pods=[pod], placement=CONTROL) == {
        "deployment": {"resources": SMALL_BODY}
    }


def test_a_dot_within_a_key_is_escaped_and_told_escaped() -> None:
    pod = ComponentPod(name="main", at=r"a\.b.c", priority_at=r"a\.b.c")

    values = component_values(declared={}, pods=[pod], placement=CONTROL)

    assert values == {"a.b": {"c": {**PLACED, "priorityClassName": "tier-control"}}}
    with pytest.raises(TieredError, match=re.escape(r"values 'a\\.b.c.priorityClassName' is 'mine'")):
        component_values(
            declared={"a.b": {"c": {"priorityClassName": "mine"}}}, pods=[pod], placement=CONTROL
        )


@pytest.mark.parametrize(
    ("declared", "path"),
    [
        ({"priorityClassName": "high"}, "priorityClassName"),
        ({"nodeSelector": {"tier": "storage"}}, "nodeSelector.tier"),
        ({"tolerations": []}, "tolerations"),
        ({"resources": {"requests": {"cpu": "1"}}}, "resources.requests.cpu"),
        ({"resources": None}, "resources"),
    ],
)
def test_a_declared_value_that_contradicts_a_derived_one_is_refused_by_its_path(
    declared: dict[str, object], path: str
) -> None:
    pod = ComponentPod(name="main", containers={"main": ("resources", SMALL)})

    with pytest.raises(TieredError, match=f"values '{path}' is .* pod 'main'"):
        component_values(declared=declared, pods=[pod], placement=CONTROL)


def test_resources_need_a_path() -> None:
    with pytest.raises(TieredError, match="'resources' for those at the top level"):
        ComponentPod(name="main", containers={"main": ("", SMALL)})


def test_merging_changes_neither_side_and_keeps_origins() -> None:
    # GIVEN
    level = Text("debug", Origin("platform.yaml", 7))
    values: dict[str, object] = {"server": {"log": level}}
    more: dict[str, object] = {"server": {"port": 1, "log": "debug"}, "empty": {}}

    # WHEN
    result = merged(values, more)

    # THEN
    assert result == {"server": {"log": "debug", "port": 1}, "empty": {}}
    server = result["server"]
    assert isinstance(server, dict)
    assert origin_of(server["log"]) == level.origin
    assert values == {"server": {"log": "debug"}}
    assert more == {"server": {"port": 1, "log": "debug"}, "empty": {}}
