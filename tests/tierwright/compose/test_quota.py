"""Quotas: room for everything at its most, checked against a count of single pods."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from tiered.manifest import Manifest
from tiered.quantity import parse
from tierwright.compose.quota import workload_quota


def pod(cpu: str, memory: str, *, init: str | None = None) -> dict[str, Any]:
    container = {"resources": {"requests": {"cpu": cpu, "memory": memory}, "limits": {"cpu": cpu}}}
    spec: dict[str, Any] = {"containers": [container]}
    if init is not None:
        spec["initContainers"] = [{"resources": {"requests": {"cpu": init}}}]
    return {"spec": spec}


def manifest(kind: str, name: str, **spec: Any) -> Manifest:
    return Manifest({"apiVersion": "apps/v1", "kind": kind, "metadata": {"name": name}, "spec": spec})


def test_a_deployment_counts_at_its_maximum_twice_while_it_rolls() -> None:
    rolling = {"rollingUpdate": {"maxSurge": 1}}
    objects = [
        manifest("Deployment", "web", template=pod("100m", "64Mi"), strategy=rolling),
        manifest("HorizontalPodAutoscaler", "web", maxReplicas=5, scaleTargetRef={"name": "web"}),
        manifest("Job", "web-migrate", template=pod("50m", "32Mi")),
    ]

    assert workload_quota(objects) == {
        "limits.cpu": "1150m",
        "requests.cpu": "1150m",
        "requests.memory": "736Mi",
        "pods": "12",
    }


def test_an_init_container_counts_only_where_it_asks_for_more() -> None:
    small = workload_quota(
        [manifest("Deployment", "web", replicas=1, template=pod("100m", "1Mi", init="50m"))]
    )
    large = workload_quota(
        [manifest("Deployment", "web", replicas=1, template=pod("100m", "1Mi", init="300m"))]
    )

    assert (small["requests.cpu"], large["requests.cpu"]) == ("100m", "300m")


def test_volumes_count_once_a_replica() -> None:
    claim = {"spec": {"resources": {"requests": {"storage": "20Gi"}}}}
    own = {"resources": {"requests": {"storage": "5Gi"}}}
    objects = [
        manifest(
            "StatefulSet", "queue", replicas=3, template=pod("100m", "1Mi"), volumeClaimTemplates=[claim]
        ),
        manifest("PersistentVolumeClaim", "cache", **own),
    ]

    hard = workload_quota(objects)

    assert hard["persistentvolumeclaims"] == "4"
    assert parse(hard["requests.storage"]) == Fraction(65 * 1024**3)
