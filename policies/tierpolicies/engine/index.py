"""One index of objects that all rules share."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.selector import unmet

_POD_SPECS: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
_FINISHING = ("Job", "CronJob")


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that makes pods, with the template of its pods and its scaler, if any."""

    manifest: Manifest
    template: View
    scaler: Manifest | None = None

    @property
    def pod(self) -> View:
        """The pod's spec."""
        return self.template["spec"]

    @property
    def labels(self) -> dict[str, str]:
        """The pod's labels."""
        return self.template.at("metadata", "labels").labels

    @property
    def containers(self) -> Iterator[View]:
        """The containers of a pod, those that run before the others last."""
        yield from self.pod["containers"]
        yield from self.pod["initContainers"]

    @property
    def per_node(self) -> bool:
        """Whether a pod runs on every node."""
        return self.manifest.kind == "DaemonSet"

    @property
    def finishes(self) -> bool:
        """Whether its pods end by themselves, as those of jobs do."""
        return self.manifest.kind in _FINISHING

    @property
    def replicas(self) -> int:
        """Pods at rest: the scaler's minimum, or what the object says, or 1."""
        written = self.manifest.view.at("spec", "replicas").integer
        if self.scaler is not None:
            least = self.scaler.view.at("spec", "minReplicas").integer
            return 1 if least is None else least
        return 1 if written is None else written

    @property
    def max_replicas(self) -> int:
        """Pods at the scaler's maximum."""
        if self.scaler is None:
            return self.replicas
        return self.scaler.view.at("spec", "maxReplicas").integer or self.replicas


class Index:
    """Objects by kind, by name and by what they refer to."""

    def __init__(self, manifests: Iterable[Manifest]) -> None:
        self.manifests = tuple(manifests)
        self._kinds: dict[str, list[Manifest]] = defaultdict(list)
        self._names: dict[tuple[str, str, str], Manifest] = {}
        for manifest in self.manifests:
            self._kinds[manifest.kind].append(manifest)
            key = (manifest.kind, manifest.namespace, manifest.name)
            self._names.setdefault(key, manifest)
        self.workloads = tuple(self._workloads())
        self._labelled: dict[tuple[str, str, str], list[Workload]] = defaultdict(list)
        for workload in self.workloads:
            for key_, value in workload.labels.items():
                self._labelled[workload.manifest.namespace, key_, value].append(workload)

    def of_kind(self, *kinds: str) -> Iterator[Manifest]:
        """Every object of some kinds, in the order of the files."""
        for kind in kinds:
            yield from self._kinds.get(kind, ())

    def find(self, kind: str, name: str, namespace: str = "") -> Manifest | None:
        """The object of a kind, name and namespace."""
        return self._names.get((kind, namespace, name))

    def matched(self, namespace: str, selector: View) -> list[Workload]:
        """The workloads of a namespace whose pods a LabelSelector matches: all for an empty one."""
        if not isinstance(selector.value, dict):
            return []
        labels = selector["matchLabels"].labels
        candidates: Sequence[Workload] = min(
            (self._labelled.get((namespace, *label), []) for label in labels.items()),
            key=len,
            default=self.workloads,
        )
        return [
            each
            for each in candidates
            if each.manifest.namespace == namespace and not any(unmet(selector, each.labels))
        ]

    def _workloads(self) -> Iterator[Workload]:
        scalers: dict[tuple[str, str, str], Manifest] = {}
        for scaler in self.of_kind("HorizontalPodAutoscaler"):
            target = scaler.view.at("spec", "scaleTargetRef")
            scalers[target["kind"].text, scaler.namespace, target["name"].text] = scaler
        for manifest in self.manifests:
            path = _POD_SPECS.get((manifest.group, manifest.kind))
            if path is not None:
                name = (manifest.kind, manifest.namespace, manifest.name)
                yield Workload(manifest, manifest.view.at(*path), scalers.get(name))
