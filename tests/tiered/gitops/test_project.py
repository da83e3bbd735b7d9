"""Projects fence in the Applications of a tier."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.gitops.project import Project, ResourceKind, kinds_of
from tiered.manifest import Manifest
from tiered.tiers.namespace import PodSecurity, TierNamespace

REPOSITORY = "https://git.test/platform.git"
DEPLOYMENT = ResourceKind("apps", "Deployment")
NAMESPACE = ResourceKind("", "Namespace")


def project(
    chart: Chart,
    *,
    repositories: Sequence[str] = (REPOSITORY,),
    namespaces: Sequence[str] = ("auth", "users"),
    cluster_kinds: Sequence[ResourceKind] = (),
    namespaced_kinds: Sequence[ResourceKind] = (DEPLOYMENT,),
) -> Manifest:
    Project(
        chart,
        "project",
        name="tier-2",
        description="Sync API.",
        repositories=repositories,
        namespaces=namespaces,
        cluster_kinds=cluster_kinds,
        namespaced_kinds=namespaced_kinds,
        wave=-100,
    )
    return chart.manifests[0]


def test_a_project_admits_what_is_named_and_nothing_else(chart: Chart) -> None:
    manifest = project(chart, cluster_kinds=[NAMESPACE])

    assert manifest.metadata["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    assert manifest.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-100"}
    assert manifest.body["spec"] == {
        "description": "Sync API.",
        "sourceRepos": [REPOSITORY],
        "destinations": [
            {"server": "https://kubernetes.default.svc", "namespace": "auth"},
            {"server": "https://kubernetes.default.svc", "namespace": "users"},
        ],
        "clusterResourceWhitelist": [{"group": "", "kind": "Namespace"}],
        "namespaceResourceWhitelist": [{"group": "apps", "kind": "Deployment"}],
        "orphanedResources": {"warn": True},
    }


def test_without_cluster_kinds_no_list_is_written(chart: Chart) -> None:
    spec = project(chart).body["spec"]

    assert isinstance(spec, dict)
    assert "clusterResourceWhitelist" not in spec


def test_without_namespaced_kinds_every_one_is_forbidden(chart: Chart) -> None:
    # GIVEN that Argo CD reads the absence of a list of what is admitted as everything
    spec = project(chart, cluster_kinds=[NAMESPACE], namespaced_kinds=[]).body["spec"]

    # THEN
    assert isinstance(spec, dict)
    assert "namespaceResourceWhitelist" not in spec
    assert spec["namespaceResourceBlacklist"] == [{"group": "*", "kind": "*"}]


@pytest.mark.parametrize(
    ("repositories", "namespaces", "told"),
    [([], ["auth"], "admits no repository"), ([REPOSITORY], [], "admits no namespace")],
)
def test_a_project_for_nothing_is_refused(
    chart: Chart, repositories: list[str], namespaces: list[str], told: str
) -> None:
    with pytest.raises(TieredError, match=told):
        project(chart, repositories=repositories, namespaces=namespaces)


def test_the_kinds_of_manifests_are_told_apart_by_their_namespace(chart: Chart) -> None:
    TierNamespace(
        chart,
        "namespace",
        tier="sync-api",
        pod_security=PodSecurity(level="restricted", version="v1.28"),
        quota={"pods": "5"},
    )

    assert kinds_of(chart.manifests) == ([NAMESPACE], [ResourceKind("", "ResourceQuota")])
