"""An Argo CD Application for one folder of the repository."""

from __future__ import annotations

from collections.abc import Sequence

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.gitops.sync import CASCADE, IgnoredDifference, Notice, application_spec


class Application(Component):
    """The manifests that lie in one folder; folders below it belong to other Applications.

    Args:
        name: of the Application.
        project: of Argo CD.
        repository: URL of the git repository.
        revision: branch, tag or commit.
        path: of the folder, from the repository's root.
        namespace: where its objects live.
        wave: its place among the Applications of the root; a wave starts when the one below is healthy.
        ignored: what others change in the cluster, for example `scaled("api")`.
        notice: a Slack channel to tell.
        holds_data: deleting the Application leaves its objects in place.

    Raises:
        TieredError: `path` is absolute or climbs out of the repository.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        project: str,
        repository: str,
        revision: str,
        path: str,
        namespace: str,
        wave: int,
        ignored: Sequence[IgnoredDifference] = (),
        notice: Notice | None = None,
        holds_data: bool = False,
    ) -> None:
        super().__init__(scope, id)
        if not path or path.startswith("/") or ".." in path.split("/"):
            raise TieredError(
                f"Application {name!r}: path {path!r} must lie in the repository: write it from its root,"
                " for example 'dist/prod/web'"
            )
        # No `directory` settings: not to recurse is the default, and Argo CD removes from its
        # Applications what equals a default, so that a written one is a difference for ever.
        source: dict[str, object] = {"repoURL": repository, "targetRevision": revision, "path": path}
        self.add(
            "argoproj.io/v1alpha1",
            "Application",
            name,
            wave=wave,
            annotations={
                "argocd.argoproj.io/manifest-generate-paths": ".",
                **(notice.annotations() if notice else {}),
            },
            finalizers=() if holds_data else (CASCADE,),
            spec=application_spec(project=project, source=source, namespace=namespace, ignored=ignored),
        )
