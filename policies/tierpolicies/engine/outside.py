"""What a cluster may hold that the tree does not show: what charts, operators and other trees bring."""

from collections.abc import Iterable, Iterator, Mapping
from enum import Enum

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.reader import Tree
from tierpolicies.documents.view import View
from tierpolicies.engine.applications import Sources
from tierpolicies.engine.finding import Severity
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.makers import PODS, made
from tierpolicies.engine.misspelling import misspelt

SYSTEM = ("kube-system", "kube-public", "kube-node-lease")
"""Namespaces that every cluster has, with objects of its own in them."""

BRINGERS = ("Application", "ApplicationSet", "HelmRelease", "HelmChart", "Kustomization")
"""Kinds that bring objects from elsewhere: while one cannot be read, nobody knows what is missing."""

_CORE = frozenset(
    ("", "apps", "batch", "autoscaling", "policy", "extensions", "apps.openshift.io", "route.openshift.io")
)
_NONE: frozenset[str] = frozenset()
_PASSIVE: Mapping[str, frozenset[str]] = {
    "acme.cert-manager.io": _NONE,
    "argoproj.io": frozenset(
        ("ArgoCD", "CronWorkflow", "EventBus", "EventSource", "Rollout", "Sensor", "Workflow")
    ),
    "autoscaling.k8s.io": _NONE,
    "bitnami.com": _NONE,
    "cert-manager.io": _NONE,
    "cilium.io": _NONE,
    "configuration.konghq.com": _NONE,
    "crd.projectcalico.org": _NONE,
    "elbv2.k8s.aws": _NONE,
    "external-secrets.io": _NONE,
    "generators.external-secrets.io": _NONE,
    "keda.sh": frozenset(("ScaledJob",)),
    "kustomize.config.k8s.io": _NONE,
    "kustomize.toolkit.fluxcd.io": _NONE,
    "kyverno.io": _NONE,
    "metallb.io": _NONE,
    "monitoring.coreos.com": frozenset(("Alertmanager", "Prometheus", "PrometheusAgent", "ThanosRuler")),
    "networking.istio.io": _NONE,
    "notification.toolkit.fluxcd.io": _NONE,
    "policy.linkerd.io": _NONE,
    "policy.networking.k8s.io": _NONE,
    "projectcalico.org": _NONE,
    "projectcontour.io": _NONE,
    "secrets-store.csi.x-k8s.io": _NONE,
    "secrets.hashicorp.com": _NONE,
    "security.istio.io": _NONE,
    "source.toolkit.fluxcd.io": _NONE,
    "telemetry.istio.io": _NONE,
    "traefik.containo.us": _NONE,
    "traefik.io": _NONE,
    "trust.cert-manager.io": _NONE,
    "wgpolicyk8s.io": _NONE,
}
"""Groups of custom resources that make no pods and no Services, and the kinds in them that do."""


class Absence(Enum):
    """What it means that an object of a namespace is not in the tree."""

    CERTAIN = "certain"
    """The namespace's objects are in the tree: the object is missing."""
    DOUBTFUL = "doubtful"
    """The tree has no objects of that kind at all: it may be a part of something."""
    UNKNOWN = "unknown"
    """Something that the tree does not show may bring the object."""

    @property
    def severity(self) -> Severity | None:
        """The severity of the finding where it is not the rule's own."""
        return Severity.NOTE if self is Absence.DOUBTFUL else None


class Outside:
    """The namespaces that get objects from elsewhere."""

    def __init__(self, index: Index, tree: Tree) -> None:
        self._index = index
        self._everywhere = False
        self._namespaces = set(SYSTEM)
        self.brings = False
        read = {id(each.view.value) for each in Sources(tree, is_whole=True) if each.folder is not None}
        for namespace in self._brought(read):
            self.brings = True
            self._namespaces.add(namespace or DEFAULT_NAMESPACE)
            self._everywhere = self._everywhere or "{{" in namespace or namespace == "*"
        self._made = frozenset(made(index))
        for manifest in index.manifests:
            if _is_active(manifest):
                self._namespaces.add(manifest.namespace or DEFAULT_NAMESPACE)

    def reaches(self, namespace: str, kind: str = PODS) -> bool:
        """Whether a namespace may hold objects of a kind that the tree does not show."""
        home = namespace or DEFAULT_NAMESPACE
        return self._everywhere or home in self._namespaces or (home, kind) in self._made

    def lacks(self, namespace: str, kind: str, name: str, known: Iterable[str]) -> bool:
        """Whether an object that the tree has not is missing: nothing makes it, or its name is misspelt."""
        return not self.reaches(namespace, kind) or misspelt(name, known) is not None

    def absence(self, namespace: str, kind: str, homes: Iterable[str]) -> Absence:
        """What it means that an object of a kind is missing, whose namespaces, in the tree, are `homes`."""
        if self.reaches(namespace, kind):
            return Absence.UNKNOWN
        homes = {home or DEFAULT_NAMESPACE for home in homes}
        if (namespace or DEFAULT_NAMESPACE) in homes or misspelt(namespace, homes):
            return Absence.CERTAIN
        return Absence.UNKNOWN if homes or self.brings else Absence.DOUBTFUL

    def _brought(self, read: set[int]) -> Iterator[str]:
        """The namespaces that charts and folders outside of the tree go to."""
        for manifest in self._index.of_kind("Application", "ApplicationSet"):
            spec = manifest.view["spec"]
            if manifest.kind == "ApplicationSet":
                spec = spec.at("template", "spec")
            if any(_is_elsewhere(source, read) for source in (spec["source"], *spec["sources"])):
                yield spec.at("destination", "namespace").text
        for manifest in self._index.of_kind("HelmRelease", "HelmChart"):
            yield manifest.view.at("spec", "targetNamespace").text or manifest.namespace
        for manifest in self._index.of_kind("Kustomization"):
            if manifest.view["helmCharts"] or any(_is_remote(each) for each in manifest.view["resources"]):
                yield manifest.view["namespace"].text or "*"


def _is_elsewhere(source: View, read: set[int]) -> bool:
    if not isinstance(source.value, dict) or id(source.value) in read:
        return False
    return bool(source["chart"] or source["path"]) or not source["ref"]


def _is_remote(resource: View) -> bool:
    return "://" in resource.text or resource.text.startswith(("github.com/", "git@"))


def _is_active(manifest: Manifest) -> bool:
    """Whether an operator may make pods, Services or configuration of a custom resource."""
    group = manifest.group
    if group in _CORE:
        return False
    makers = _PASSIVE.get(group)
    return not group.endswith(".k8s.io") if makers is None else manifest.kind in makers
