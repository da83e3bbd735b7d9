"""Applications of one folder, and what every Application has in common."""

from __future__ import annotations

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.gitops.application import Application
from tiered.gitops.sync import IgnoredDifference, Notice, scaled
from tiered.manifest import Manifest


def application(
    chart: Chart,
    *,
    path: str = "dist/prod/tier-3-async-workers/waste",
    ignored: list[IgnoredDifference] | None = None,
    notice: Notice | None = None,
    holds_data: bool = False,
) -> Manifest:
    Application(
        chart,
        "application",
        name="waste",
        project="tier-3",
        repository="https://git.test/platform.git",
        revision="main",
        path=path,
        namespace="waste",
        wave=3,
        ignored=ignored or [],
        notice=notice,
        holds_data=holds_data,
    )
    return chart.manifests[0]


def test_an_application_follows_one_flat_folder_by_itself(chart: Chart) -> None:
    manifest = application(chart)

    assert manifest.identity == ("argoproj.io", "Application", "waste", "waste")
    assert manifest.metadata["annotations"] == {
        "argocd.argoproj.io/sync-wave": "3",
        "argocd.argoproj.io/manifest-generate-paths": ".",
    }
    assert manifest.metadata["finalizers"] == ["resources-finalizer.argocd.argoproj.io"]
    # `directory` is absent on purpose: Argo CD removes what equals a default and then reports it missing.
    assert manifest.body["spec"] == {
        "project": "tier-3",
        "source": {
            "repoURL": "https://git.test/platform.git",
            "targetRevision": "main",
            "path": "dist/prod/tier-3-async-workers/waste",
        },
        "destination": {"server": "https://kubernetes.default.svc", "namespace": "waste"},
        "syncPolicy": {
            "automated": {"prune": True, "selfHeal": True, "allowEmpty": False},
            "syncOptions": [
                "CreateNamespace=false",
                "ServerSideApply=true",
                "PruneLast=true",
                "FailOnSharedResource=true",
                "RespectIgnoreDifferences=true",
            ],
            "retry": {"limit": 5, "backoff": {"duration": "5s", "factor": 2, "maxDuration": "3m"}},
        },
        "revisionHistoryLimit": 5,
    }


def test_what_others_own_is_ignored(chart: Chart) -> None:
    every_webhook = IgnoredDifference(
        group="admissionregistration.k8s.io",
        kind="ValidatingWebhookConfiguration",
        pointers=["/webhooks/0/clientConfig/caBundle"],
    )

    manifest = application(chart, ignored=[*scaled("waste-service", "ai-worker"), every_webhook])

    spec = manifest.body["spec"]
    assert isinstance(spec, dict)
    assert spec["ignoreDifferences"] == [
        {"group": "apps", "kind": "Deployment", "name": "waste-service", "jsonPointers": ["/spec/replicas"]},
        {"group": "apps", "kind": "Deployment", "name": "ai-worker", "jsonPointers": ["/spec/replicas"]},
        {
            "group": "admissionregistration.k8s.io",
            "kind": "ValidatingWebhookConfiguration",
            "jsonPointers": ["/webhooks/0/clientConfig/caBundle"],
        },
    ]


def test_a_channel_hears_of_success_failure_and_decay(chart: Chart) -> None:
    manifest = application(chart, notice=Notice(channel="deployments"))

    annotations = manifest.metadata["annotations"]
    assert isinstance(annotations, dict)
    told = {name: value for name, value in annotations.items() if name.startswith("notifications.")}
    assert told == {
        "notifications.argoproj.io/subscribe.on-sync-succeeded.slack": "deployments",
        "notifications.argoproj.io/subscribe.on-sync-failed.slack": "deployments",
        "notifications.argoproj.io/subscribe.on-health-degraded.slack": "deployments",
    }


def test_deleting_an_application_with_data_leaves_the_data(chart: Chart) -> None:
    assert "finalizers" not in application(chart, holds_data=True).metadata


@pytest.mark.parametrize("path", ["", "/dist/prod", "dist/../secrets", ".."])
def test_a_path_outside_the_repository_is_refused(chart: Chart, path: str) -> None:
    with pytest.raises(TieredError, match="write it from its root"):
        application(chart, path=path)
