"""The one Application that a person applies by hand; it brings all the others."""

from __future__ import annotations

from constructs import Construct

from tiered.component import Component
from tiered.gitops.application import Application
from tiered.gitops.project import Project, ResourceKind
from tiered.gitops.sync import Notice

FIRST_WAVE = -8
"""Projects come before every Application that refers to them, and after their own Namespace."""

LAST_WAVE = 100
"""The root itself comes last: a sync waits for the health of what it applies, and the root's own is
that of all the others."""


class Root(Component):
    """The app of apps, in Argo CD's own namespace (that of its chart), with a project of its own.

    It lies in the folder it watches and so keeps itself up to date. It never takes the platform
    with it: deleting it leaves every other Application running.

    Args:
        name: of both the Application and its AppProject.
        repository: URL of the git repository.
        revision: branch, tag or commit.
        path: of the folder with the Applications and AppProjects.
        notice: a Slack channel to tell.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        repository: str,
        revision: str,
        path: str,
        notice: Notice | None = None,
    ) -> None:
        super().__init__(scope, id)
        namespace = self.chart.target_namespace or "argocd"
        Project(
            self,
            "project",
            name=name,
            description="The Applications and projects of the platform themselves.",
            repositories=[repository],
            namespaces=[namespace],
            namespaced_kinds=[
                ResourceKind("argoproj.io", "AppProject"),
                ResourceKind("argoproj.io", "Application"),
            ],
            wave=FIRST_WAVE,
        )
        Application(
            self,
            "application",
            name=name,
            project=name,
            repository=repository,
            revision=revision,
            path=path,
            namespace=namespace,
            wave=LAST_WAVE,
            notice=notice,
            holds_data=True,
        )
