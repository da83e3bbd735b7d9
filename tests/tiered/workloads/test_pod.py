"""The pod template that everything shares: placed in its tier, and without privileges."""

from __future__ import annotations

from typing import Any, cast

import pytest

from tiered.errors import TieredError
from tiered.workloads.container import Container, Resources, Variable, Volume, scratch
from tiered.workloads.pod import Placement, Pod

SMALL = Resources(requests={"cpu": "0.1", "memory": "128Mi"}, limits={"memory": "0.5Gi"})


def container(**changes: Any) -> Container:
    return Container(**{"name": "cart", "image": "ghcr.io/acme/cart:1.4.2", "resources": SMALL, **changes})


def template(**changes: Any) -> dict[str, Any]:
    settings: dict[str, Any] = {
        "name": "cart",
        "role": "api",
        "placement": Placement(tier="web", priority_class="web", node_selector={"pool": "web"}),
        "containers": [container()],
        "service_account": "cart",
        **changes,
    }
    return cast("dict[str, Any]", Pod(**settings).template())


def test_a_pod_runs_without_any_privilege() -> None:
    spec = template()["spec"]

    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert spec["automountServiceAccountToken"] is False
    assert spec["containers"][0]["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
    }


def test_a_pod_is_placed_in_its_tier_and_labelled_with_it() -> None:
    taint = {"key": "tier", "operator": "Equal", "value": "data", "effect": "NoSchedule"}
    placement = Placement(
        tier="data", priority_class="data", node_selector={"pool": "data"}, tolerations=[taint]
    )

    made = template(placement=placement)

    assert made["metadata"]["labels"]["tier"] == "data"
    assert made["spec"]["nodeSelector"] == {"pool": "data"}
    assert made["spec"]["tolerations"] == [taint]
    assert made["spec"]["priorityClassName"] == "data"


def test_a_tier_without_nodes_of_its_own_selects_none() -> None:
    spec = template(placement=Placement(tier="web", priority_class="web"))["spec"]

    assert "nodeSelector" not in spec
    assert "tolerations" not in spec


def test_quantities_are_written_as_the_api_server_gives_them_back() -> None:
    assert template()["spec"]["containers"][0]["resources"] == {
        "requests": {"cpu": "100m", "memory": "128Mi"},
        "limits": {"memory": "512Mi"},
    }


def test_a_volume_shared_by_containers_is_declared_once_and_a_claimed_one_never() -> None:
    shared = scratch(name="shared", path="/shared")
    claimed = Volume(name="data", path="/data", source={}, read_only=False)

    spec = template(
        containers=[container(volumes=[shared, claimed])],
        init_containers=[container(name="prepare", volumes=[shared])],
    )["spec"]

    assert [volume["name"] for volume in spec["volumes"]] == ["shared"]
    assert [mount["name"] for mount in spec["containers"][0]["volumeMounts"]] == ["shared", "data"]


def test_a_secret_is_referred_to_and_never_written() -> None:
    variable = Variable(name="PASSWORD", secret="cart", key="password")

    assert variable.body() == {
        "name": "PASSWORD",
        "valueFrom": {"secretKeyRef": {"name": "cart", "key": "password"}},
    }


def test_a_variable_given_twice_is_refused() -> None:
    twice = [Variable(name="MODE", value="a"), Variable(name="MODE", value="b")]

    with pytest.raises(TieredError, match="MODE"):
        container(environment=twice).body()
