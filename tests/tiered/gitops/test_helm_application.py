"""Applications of pinned charts."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from tiered.chart import Chart
from tiered.errors import TieredError
from tiered.gitops.helm_application import HelmApplication
from tiered.gitops.sync import Notice
from tiered.manifest import Manifest


def component(
    chart: Chart,
    *,
    repository: str = "https://charts.jetstack.io",
    version: str = "v1.16.2",
    values: Mapping[str, object] | None = None,
    release: str | None = None,
    skip_crds: bool = False,
    notice: Notice | None = None,
) -> Manifest:
    HelmApplication(
        chart,
        "component",
        name="cert-manager",
        project="tier-1",
        repository=repository,
        chart="cert-manager",
        version=version,
        namespace="cert-manager",
        wave=-20,
        values=values,
        release=release,
        skip_crds=skip_crds,
        notice=notice,
    )
    return chart.manifests[0]


def source(manifest: Manifest) -> object:
    spec = manifest.body["spec"]
    assert isinstance(spec, dict)
    return spec["source"]


def test_a_component_is_one_exact_version_of_a_chart(chart: Chart) -> None:
    manifest = component(chart, values={"crds": {"enabled": True}})

    assert source(manifest) == {
        "repoURL": "https://charts.jetstack.io",
        "chart": "cert-manager",
        "targetRevision": "v1.16.2",
        "helm": {"releaseName": "cert-manager", "valuesObject": {"crds": {"enabled": True}}},
    }
    assert manifest.metadata["annotations"] == {"argocd.argoproj.io/sync-wave": "-20"}


def test_deleting_a_component_never_takes_its_resource_definitions_along(chart: Chart) -> None:
    assert "finalizers" not in component(chart).metadata


def test_registry_release_and_definitions_can_be_chosen(chart: Chart) -> None:
    manifest = component(
        chart,
        repository="ghcr.io/jetstack/charts",
        release="certs",
        skip_crds=True,
        notice=Notice(channel="ops"),
    )

    assert source(manifest) == {
        "repoURL": "ghcr.io/jetstack/charts",
        "chart": "cert-manager",
        "targetRevision": "v1.16.2",
        "helm": {"releaseName": "certs", "skipCrds": True},
    }
    annotations = manifest.metadata["annotations"]
    assert isinstance(annotations, dict)
    assert annotations["notifications.argoproj.io/subscribe.on-sync-failed.slack"] == "ops"


@pytest.mark.parametrize("version", ["1.0.0", "v1.16.2", "0.9.0-rc.1", "1.2.3+build.5"])
def test_exact_versions_are_taken(chart: Chart, version: str) -> None:
    component(chart, version=version)


@pytest.mark.parametrize(
    "version", ["", "*", "latest", "1", "1.16", "1.16.x", "^1.16.2", "~1.16.2", ">=1.16.2", "1.16.2 - 1.17.0"]
)
def test_a_version_that_can_move_is_refused(chart: Chart, version: str) -> None:
    with pytest.raises(TieredError, match="not one exact version"):
        component(chart, version=version)


@pytest.mark.parametrize(
    ("repository", "mend"),
    [
        ("oci://ghcr.io/jetstack/charts", "write 'ghcr.io/jetstack/charts'"),
        ("http://charts.test", "https://"),
    ],
)
def test_other_schemes_are_refused(chart: Chart, repository: str, mend: str) -> None:
    with pytest.raises(TieredError, match=mend):
        component(chart, repository=repository)
