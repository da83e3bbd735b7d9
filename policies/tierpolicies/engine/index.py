"""One index of objects that all rules share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Workload, pod_of

DEFAULT_NAMESPACE = "default"
_BUILT_IN = ("", "apps", "batch", "autoscaling", "policy", "extensions")
_NAMESAKES = ("Service", "Ingress", "NetworkPolicy", "Job", "Role", "ClusterRole", "Node", "Secret")
"""Kinds that other groups have too: an object of those is found by `Kind.group` only."""


class Index:
    """Objects by kind, by name and by what they refer to."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self.manifests = tuple(manifests)
        self._kinds: dict[str, list[Manifest]] = defaultdict(list)
        self._names: dict[tuple[str, str, str], Manifest] = {}
        for manifest in self.manifests:
            kind = _kind(manifest)
            self._kinds[kind].append(manifest)
            self._names.setdefault((kind, _home(manifest), manifest.name), manifest)
        self.workloads = tuple(self._workloads())
        self._at_home: dict[str, list[Workload]] = defaultdict(list)
        self._labelled: dict[tuple[str, str, str], list[Workload]] = defaultdict(list)
        for workload in self.workloads:
            self._at_home[_home(workload.manifest)].append(workload)
            for key_, value in workload.labels.items():
                self._labelled[_home(workload.manifest), key_, value].append(workload)

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        """Every object of some kinds, in the order of the files."""
        for kind in kinds:
            yield from self._kinds.get(kind, ())

    def find(self, kind: str, name: str, namespace: str = "") -> Manifest | None:
        """The object of a kind, name and namespace; none is the default one, as for kubectl."""
        return self._names.get((kind, namespace or DEFAULT_NAMESPACE, name))

    def at_home(self, namespace: str) -> list[Workload]:
        """The workloads of a namespace."""
        return self._at_home.get(namespace or DEFAULT_NAMESPACE, [])

    def matched(self, namespace: str, selector: View) -> list[Workload]:
        """The workloads of a namespace whose pods a LabelSelector matches: all for an empty one."""
        if not isinstance(selector.value, dict):
            return []
        labels = selector["matchLabels"].labels
        return [each for each in self._candidates(namespace, labels) if not any(unmet(selector, each.labels))]

    def selected(self, namespace: str, labels: Mapping[str, str]) -> list[Workload]:
        """The workloads of a namespace whose pods carry all of some labels, as a Service selects them."""
        return [each for each in self._candidates(namespace, labels) if labels.items() <= each.labels.items()]

    def _candidates(self, namespace: str, labels: Mapping[str, str]) -> list[Workload]:
        """The workloads of a namespace that may carry some labels: those with the rarest one."""
        namespace = namespace or DEFAULT_NAMESPACE
        if not labels:
            return self._at_home.get(namespace, [])
        return min((self._labelled.get((namespace, *label), []) for label in labels.items()), key=len)

    def _workloads(self) -> Iterator[Workload]:
        scalers: dict[tuple[str, str, str], Manifest] = {}
        for scaler in self.of_kind("ScaledObject", "HorizontalPodAutoscaler"):
            target = scaler.view.at("spec", "scaleTargetRef")
            kind = target["kind"].text or ("Deployment" if scaler.kind == "ScaledObject" else "")
            scalers[kind, _home(scaler), target["name"].text] = scaler
        for manifest in self.manifests:
            pod = pod_of(manifest)
            if pod is not None:
                yield Workload(pod, scalers.get((manifest.kind, _home(manifest), manifest.name)))


def _home(manifest: Manifest) -> str:
    return manifest.namespace or DEFAULT_NAMESPACE


def _kind(manifest: Manifest) -> str:
    if manifest.kind in _NAMESAKES:
        group = manifest.group
        if group not in _BUILT_IN and not group.endswith(".k8s.io"):
            return f"{manifest.kind}.{group}"
    return manifest.kind
