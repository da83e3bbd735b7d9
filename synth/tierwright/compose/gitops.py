"""Argo CD's side: a project a tier, an Application a namespace, a component and the cluster's objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from constructs import Construct

from tiered.chart import Chart
from tiered.gitops.application import Application
from tiered.gitops.helm_application import HelmApplication
from tiered.gitops.project import Project, ResourceKind, kinds_of
from tiered.gitops.root import FIRST_WAVE, Root
from tiered.gitops.sync import Notice, scaled
from tiered.manifest import Manifest
from tierwright.compose.components import values
from tierwright.compose.namespaces import common_labels
from tierwright.compose.plan import Plan
from tierwright.description.components import Component
from tierwright.description.platform import Git

# Which Applications wait for which: the cluster's own objects, namespaces of components, the
# components that others' objects need (volumes, secrets, and addresses for Ingresses, which are not
# healthy without), namespaces whose Secrets these fetch, the other components, then stores, then
# what uses them.
_CLUSTER, _BARE, _FOUNDATIONS, _SECRETS, _COMPONENTS, _STORES, _APPS = -7, -6, -5, -4, -3, -2, 0
_FOUNDING = frozenset({"storage", "secrets", "certificates"})
CLUSTER_FOLDER = "cluster"
GITOPS_FOLDER = "argocd"
_DATA_KINDS = frozenset({"StatefulSet", "PersistentVolumeClaim"})


def gitops_chart(
    plan: Plan, scope: Construct, git: Git, charts: Mapping[str, Chart], cluster: Chart
) -> Chart:
    """The chart of the folder that the root Application watches.

    Args:
        charts: of the namespaces, by namespace; their contents decide projects and waves.
    """
    owner = plan.provider("gitops")
    namespace = plan.components[owner].namespace if owner is not None else "argocd"
    chart = Chart(scope, "gitops", namespace=namespace, labels=common_labels(plan))
    applications = _Applications(plan, chart, git)
    applications.root()
    applications.cluster(cluster, namespace)
    for tier in plan.platform.tiers:
        applications.project(tier, charts)
    for each, contents in charts.items():
        applications.namespace(each, contents.manifests)
    for name, component in plan.components.items():
        applications.component(name, component)
    return chart


class _Applications:
    """Adds one Application after the other to a chart; they share repository, branch and notice."""

    def __init__(self, plan: Plan, chart: Chart, git: Git) -> None:
        self._plan, self._chart, self._git = plan, chart, git
        slack = plan.environment.notifications
        self._notice = Notice(channel=slack.slack) if slack is not None else None
        self._base = f"dist/{plan.name}"

    def root(self) -> None:
        Root(
            self._chart,
            "root",
            name=self._plan.platform.platform,
            repository=self._git.url,
            revision=self._git.branch,
            path=f"{self._base}/{GITOPS_FOLDER}",
            notice=self._notice,
        )

    def cluster(self, cluster: Chart, namespace: str) -> None:
        kinds, _ = kinds_of(cluster.manifests)
        Project(
            self._chart,
            "project-cluster",
            name=CLUSTER_FOLDER,
            description="Objects without a namespace: ranks of the tiers, the class of the volumes.",
            repositories=[self._git.url],
            namespaces=[namespace],
            cluster_kinds=kinds,
            wave=FIRST_WAVE,
        )
        self._folder(
            CLUSTER_FOLDER, project=CLUSTER_FOLDER, path=CLUSTER_FOLDER, namespace=namespace, wave=_CLUSTER
        )

    def project(self, tier: str, charts: Mapping[str, Chart]) -> None:
        """A project that admits exactly what the tier's namespaces and components bring."""
        plan = self._plan
        own = [name for name in plan.tier(tier).namespaces if name in charts]
        components = [each for each in plan.components.values() if plan.tier_of(each.namespace) == tier]
        namespaces = sorted({*own, *(each.namespace for each in components)})
        if not namespaces:
            return
        cluster_kinds, kinds = kinds_of(manifest for name in own for manifest in charts[name].manifests)
        Project(
            self._chart,
            f"project-{tier}",
            name=tier,
            description=f"Tier {plan.tier(tier).number}: {', '.join(namespaces)}.",
            repositories=sorted(
                {*([self._git.url] if own else []), *(each.chart.repository for each in components)}
            ),
            namespaces=namespaces,
            cluster_kinds=sorted(
                {*cluster_kinds, *(_kind(k) for each in components for k in each.cluster_kinds)}
            ),
            namespaced_kinds=sorted({*kinds, *(_kind(k) for each in components for k in each.kinds)}),
            wave=FIRST_WAVE,
            # A namespace of the cluster's own is full of what no Application brought.
            warns_of_orphans=all(plan.managed(name) for name in namespaces),
        )

    def namespace(self, name: str, manifests: Sequence[Manifest]) -> None:
        tier = self._plan.tier_of(name)
        hosts_component = any(each.namespace == name for each in self._plan.components.values())
        hosts_store = any(each.kind in _DATA_KINDS for each in manifests)
        if hosts_component:
            fetches = any(each.group == "external-secrets.io" for each in manifests)
            wave = _SECRETS if fetches else _BARE
        else:
            wave = _STORES if hosts_store else _APPS
        scaled_names = [each.name for each in manifests if each.kind == "HorizontalPodAutoscaler"]
        self._folder(
            f"tier-{self._plan.tier(tier).number}-{name}",
            project=tier,
            path=self._plan.folder(name),
            namespace=name,
            wave=wave,
            scaled_names=scaled_names,
            holds_data=hosts_store,
        )

    def component(self, name: str, component: Component) -> None:
        HelmApplication(
            self._chart,
            f"component-{name}",
            name=name,
            project=self._plan.tier_of(component.namespace),
            repository=component.chart.repository,
            chart=component.chart.name,
            version=component.chart.version,
            namespace=component.namespace,
            wave=_FOUNDATIONS if _FOUNDING & set(component.provides) else _COMPONENTS,
            values=values(self._plan, component),
            notice=self._notice,
        )

    def _folder(
        self,
        name: str,
        *,
        project: str,
        path: str,
        namespace: str,
        wave: int,
        scaled_names: Sequence[str] = (),
        holds_data: bool = False,
    ) -> None:
        Application(
            self._chart,
            f"folder-{name}",
            name=name,
            project=project,
            repository=self._git.url,
            revision=self._git.branch,
            path=f"{self._base}/{path}",
            namespace=namespace,
            wave=wave,
            ignored=scaled(*scaled_names),
            notice=self._notice,
            holds_data=holds_data,
        )


def _kind(text: str) -> ResourceKind:
    group, slash, kind = text.rpartition("/")
    return ResourceKind(group if slash else "", kind)
