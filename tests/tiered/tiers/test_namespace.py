"""A tier's namespace: labels that others select by, and bounds that hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import cdk8s
import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.manifest import Manifest
from tiered.origin import Origin, Text
from tiered.tiers.namespace import ContainerLimits, PodSecurity, TierNamespace

RESTRICTED = PodSecurity(level="restricted", version="v1.28")


def test_namespace_quota_and_limits_come_in_the_waves_before_any_workload(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    # WHEN
    TierNamespace(
        chart,
        "namespace",
        tier="async-workers",
        pod_security=RESTRICTED,
        quota={"requests.cpu": "2500m", "requests.memory": "3072Mi", "pods": "20"},
        container_limits=ContainerLimits(
            requests={"cpu": "0.05", "memory": "64Mi"},
            limits={"cpu": "100m", "memory": "128Mi"},
            most={"cpu": "1000m", "memory": "2Gi"},
        ),
    )

    # THEN
    namespace, quota, limits = chart.manifests
    assert [manifest.identity[1:] for manifest in chart.manifests] == [
        ("Namespace", "", "waste"),
        ("ResourceQuota", "waste", "tier"),
        ("LimitRange", "waste", "tier"),
    ]
    assert namespace.metadata["labels"] == {
        "app.kubernetes.io/part-of": "reference",
        "app.kubernetes.io/managed-by": "tierwright",
        "tier": "async-workers",
        "pod-security.kubernetes.io/enforce": "restricted",
        "pod-security.kubernetes.io/enforce-version": "v1.28",
        "pod-security.kubernetes.io/audit": "restricted",
        "pod-security.kubernetes.io/audit-version": "v1.28",
        "pod-security.kubernetes.io/warn": "restricted",
        "pod-security.kubernetes.io/warn-version": "v1.28",
    }
    assert namespace.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-9"}
    assert quota.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-8"}
    assert quota.body["spec"] == {"hard": {"requests.cpu": "2500m", "requests.memory": "3Gi", "pods": "20"}}
    assert limits.body["spec"] == {
        "limits": [
            {
                "type": "Container",
                "default": {"cpu": "100m", "memory": "128Mi"},
                "defaultRequest": {"cpu": "50m", "memory": "64Mi"},
                "max": {"cpu": "1", "memory": "2Gi"},
            }
        ]
    }
    valid(chart.manifests)


def test_a_namespace_with_data_is_removed_only_after_confirmation(
    chart: Chart, valid: Callable[[Iterable[Manifest]], None]
) -> None:
    # WHEN neither quota nor limits are asked for
    TierNamespace(chart, "namespace", tier="storage", pod_security=RESTRICTED, holds_data=True)

    # THEN
    (namespace,) = chart.manifests
    assert namespace.metadata["annotations"] == {
        "argocd.argoproj.io/sync-wave": "-9",
        "argocd.argoproj.io/sync-options": "Prune=confirm,Delete=confirm",
    }
    valid(chart.manifests)


def test_a_limit_range_without_a_maximum_has_none(chart: Chart) -> None:
    limits = ContainerLimits(requests={"cpu": "50m"}, limits={"cpu": "100m"})

    assert limits.body() == {
        "type": "Container",
        "default": {"cpu": "100m"},
        "defaultRequest": {"cpu": "50m"},
    }


def test_the_namespace_remembers_where_its_name_was_written() -> None:
    # GIVEN
    origin = Origin("platform.yaml", 12, 5)
    chart = Chart(cdk8s.Testing.app(), "waste", namespace="waste")
    chart.target_namespace = Text("waste", origin)

    # WHEN
    TierNamespace(chart, "namespace", tier="storage", pod_security=RESTRICTED)

    # THEN
    assert chart.manifests[0].origin == origin


def test_a_chart_without_a_namespace_is_refused() -> None:
    chart = Chart(cdk8s.Testing.app(), "cluster")

    with pytest.raises(TieredError, match="give the Chart namespace="):
        TierNamespace(chart, "namespace", tier="storage", pod_security=RESTRICTED)


def test_a_version_that_the_admission_would_refuse_is_refused() -> None:
    with pytest.raises(TieredError, match=r"for example 'v1\.28'"):
        PodSecurity(level="restricted", version="1.28")


@pytest.mark.parametrize(
    ("limits", "most", "told"),
    [
        ({"cpu": "50m"}, None, "default request 100m above the default limit 50m"),
        ({"cpu": "300m"}, {"cpu": "0.2"}, r"default limit 300m above the maximum 0\.2"),
    ],
)
def test_defaults_that_the_api_server_would_refuse_are_refused(
    limits: dict[str, str], most: dict[str, str] | None, told: str
) -> None:
    with pytest.raises(TieredError, match=told):
        ContainerLimits(requests={"cpu": "100m"}, limits=limits, most=most)
