"""An Argo CD Application for one pinned Helm chart."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.gitops.sync import IgnoredDifference, Notice, application_spec
from tiered.manifest import Body

_EXACT = re.compile(r"v?\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?")


class HelmApplication(Component):
    """A third-party component as its chart makes it.

    Deleting the Application leaves its objects in place: a chart often brings resource
    definitions, and with a definition goes every object of its kind in the whole cluster.

    Args:
        name: of the Application.
        project: of Argo CD.
        repository: "https://…" of a chart repository, or an OCI registry's path without a scheme.
        chart: its name there.
        version: exact, for example "1.16.2": the same commit must always deploy the same thing.
        namespace: where the release lives.
        wave: its place among the Applications of the root; a wave starts when the one below is healthy.
        values: of the chart, beyond its defaults.
        release: name of the Helm release, by default `name`.
        skip_crds: leave out the chart's folder `crds`.
        ignored: what others change in the cluster.
        notice: a Slack channel to tell.

    Raises:
        TieredError: the version is a range, or the repository's URL has another scheme than https.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        project: str,
        repository: str,
        chart: str,
        version: str,
        namespace: str,
        wave: int,
        values: Mapping[str, object] | None = None,
        release: str | None = None,
        skip_crds: bool = False,
        ignored: Sequence[IgnoredDifference] = (),
        notice: Notice | None = None,
    ) -> None:
        super().__init__(scope, id)
        _refuse_floating(name, version)
        _refuse_scheme(name, repository)
        helm: Body = {"releaseName": release or name}
        if skip_crds:
            helm["skipCrds"] = True
        if values:
            helm["valuesObject"] = dict(values)
        source: Body = {"repoURL": repository, "chart": chart, "targetRevision": version, "helm": helm}
        self.add(
            "argoproj.io/v1alpha1",
            "Application",
            name,
            wave=wave,
            annotations=notice.annotations() if notice else None,
            spec=application_spec(project=project, source=source, namespace=namespace, ignored=ignored),
        )


def _refuse_floating(name: str, version: str) -> None:
    if not _EXACT.fullmatch(version):
        raise TieredError(
            f"component {name!r}: version {version!r} is not one exact version: write all three numbers,"
            " for example '1.16.2', without ^, ~, * or a range"
        )


def _refuse_scheme(name: str, repository: str) -> None:
    scheme, separator, rest = repository.partition("://")
    if separator and scheme == "oci":
        raise TieredError(f"component {name!r}: Argo CD takes a registry without its scheme: write {rest!r}")
    if separator and scheme != "https":
        raise TieredError(f"component {name!r}: repository {repository!r} must be reached by https://")
