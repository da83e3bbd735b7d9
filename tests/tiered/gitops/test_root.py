"""The app of apps."""

from __future__ import annotations

import cdk8s

from tiered.chart import Chart
from tiered.gitops.root import Root


def test_the_root_keeps_argo_cds_own_objects_and_waits_for_all_others() -> None:
    # GIVEN
    chart = Chart(cdk8s.Testing.app(), "argocd", namespace="argocd")

    # WHEN
    Root(
        chart,
        "root",
        name="platform",
        repository="https://git.test/platform.git",
        revision="main",
        path="dist/prod/argocd",
    )

    # THEN
    project, application = chart.manifests
    assert project.body["spec"] == {
        "description": "The Applications and projects of the platform themselves.",
        "sourceRepos": ["https://git.test/platform.git"],
        "destinations": [{"server": "https://kubernetes.default.svc", "namespace": "argocd"}],
        "namespaceResourceWhitelist": [
            {"group": "argoproj.io", "kind": "AppProject"},
            {"group": "argoproj.io", "kind": "Application"},
        ],
        "orphanedResources": {"warn": True},
    }
    assert project.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-8"}
    spec = application.body["spec"]
    assert isinstance(spec, dict)
    assert spec["project"] == project.name == application.name == "platform"
    assert spec["destination"]["namespace"] == application.namespace == "argocd"
    # Applied earlier, its sync would wait for its own health, which waits for that of the others.
    annotations = application.metadata["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["argocd.argoproj.io/sync-wave"] == "100"
    assert "finalizers" not in application.metadata
