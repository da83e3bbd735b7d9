"""An Argo CD project: the fence around the Applications of one tier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from constructs import Construct

from tiered.component import Component
from tiered.errors import TieredError
from tiered.gitops.sync import CLUSTER
from tiered.manifest import Body, Manifest

IN_USE = "resources-finalizer.argocd.argoproj.io"
"""Finalizer with which a project outlives the Applications that refer to it."""


@dataclass(frozen=True, order=True)
class ResourceKind:
    """A kind by its API group ("" is the core); "*" stands for any."""

    group: str
    kind: str

    def body(self) -> Body:
        return {"group": self.group, "kind": self.kind}


def kinds_of(manifests: Iterable[Manifest]) -> tuple[list[ResourceKind], list[ResourceKind]]:
    """The kinds without and those with a namespace that occur in `manifests`, each sorted."""
    kinds: tuple[set[ResourceKind], set[ResourceKind]] = (set(), set())
    for manifest in manifests:
        kinds[manifest.namespace is not None].add(ResourceKind(manifest.group, manifest.kind))
    return sorted(kinds[0]), sorted(kinds[1])


class Project(Component):
    """An AppProject that admits the given repositories, namespaces and kinds and nothing else.

    It cannot be deleted while Applications refer to it. Nobody gets a role in it: who may do
    what in Argo CD is decided in one place, Argo CD's own RBAC settings.

    Args:
        name: of the AppProject.
        description: for whom it is, in a sentence.
        repositories: URLs that its Applications may read.
        namespaces: where its Applications may write.
        cluster_kinds: kinds without a namespace that they may write.
        namespaced_kinds: kinds with one; none means that it may write no such object.
        wave: before the Applications that refer to it.
        warns_of_orphans: tell of objects in its namespaces that no Application brought.

    Raises:
        TieredError: one of the lists that must not be empty is.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        name: str,
        description: str,
        repositories: Sequence[str],
        namespaces: Sequence[str],
        cluster_kinds: Sequence[ResourceKind] = (),
        namespaced_kinds: Sequence[ResourceKind] = (),
        wave: int,
        warns_of_orphans: bool = True,
    ) -> None:
        super().__init__(scope, id)
        for what, given, mend in (
            ("repository", repositories, "name the repositories its Applications read"),
            ("namespace", namespaces, "name the namespaces its Applications write to"),
        ):
            if not given:
                raise TieredError(f"project {name!r} admits no {what}: {mend}")
        spec: Body = {
            "description": description,
            "sourceRepos": list(repositories),
            "destinations": [{"server": CLUSTER, "namespace": namespace} for namespace in namespaces],
        }
        if cluster_kinds:
            spec["clusterResourceWhitelist"] = [kind.body() for kind in cluster_kinds]
        if namespaced_kinds:
            spec["namespaceResourceWhitelist"] = [kind.body() for kind in namespaced_kinds]
        else:
            # An empty list of what is admitted would admit everything.
            spec["namespaceResourceBlacklist"] = [ResourceKind("*", "*").body()]
        if warns_of_orphans:
            spec["orphanedResources"] = {"warn": True}
        self.add(
            "argoproj.io/v1alpha1",
            "AppProject",
            name,
            wave=wave,
            finalizers=(IN_USE,),
            spec=spec,
        )
