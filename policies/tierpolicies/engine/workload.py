"""The objects that make pods, their pods and the containers in them."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View

_TEMPLATES: dict[tuple[str, str], tuple[str, ...]] = {
    ("", "Pod"): (),
    ("", "ReplicationController"): ("spec", "template"),
    ("apps", "Deployment"): ("spec", "template"),
    ("apps", "StatefulSet"): ("spec", "template"),
    ("apps", "DaemonSet"): ("spec", "template"),
    ("apps", "ReplicaSet"): ("spec", "template"),
    ("extensions", "Deployment"): ("spec", "template"),
    ("extensions", "DaemonSet"): ("spec", "template"),
    ("extensions", "ReplicaSet"): ("spec", "template"),
    ("apps.openshift.io", "DeploymentConfig"): ("spec", "template"),
    ("batch", "Job"): ("spec", "template"),
    ("batch", "CronJob"): ("spec", "jobTemplate", "spec", "template"),
}
_KEDA, _KEDA_MOST = "ScaledObject", 100
"""KEDA's autoscaler, and the pods it may make where it does not say how many."""
_FINISHING = ("Job", "CronJob")
CONTAINER_LISTS = ("containers", "initContainers", "ephemeralContainers")

WORKLOAD_KINDS = tuple(dict.fromkeys(kind for _, kind in _TEMPLATES))
"""Every kind that makes pods, or is one."""


class Pod:
    """The pods that an object makes: what its template says of each, and nothing of other objects."""

    def __init__(self, manifest: Manifest, template: View) -> None:
        self.manifest = manifest
        self.template = template
        self.spec = template["spec"]

    @cached_property
    def labels(self) -> dict[str, str]:
        """The pod's labels."""
        return self.template.at("metadata", "labels").labels

    @cached_property
    def annotations(self) -> View:
        """The pod's annotations."""
        return self.template.at("metadata", "annotations")

    @cached_property
    def containers(self) -> tuple["Container", ...]:
        """All its containers: those that run, those that come before, those added to look inside."""
        return tuple(
            Container(self, view, field) for field in CONTAINER_LISTS for view in self.spec[field] if view
        )

    @property
    def running(self) -> Iterator["Container"]:
        """The containers that run as long as the pod: the main ones and sidecars."""
        return (each for each in self.containers if each.runs)

    @property
    def is_windows(self) -> bool:
        """Whether the pod is for Windows nodes."""
        return self.spec.at("os", "name").text == "windows"

    @property
    def finishes(self) -> bool:
        """Whether its pods end by themselves, as those of jobs do."""
        return self.manifest.kind in _FINISHING


class Container:
    """A container of a pod; `view` is what the pod's spec says of it, `field` the list it is in."""

    __slots__ = ("field", "manifest", "pod", "view")

    def __init__(self, pod: Pod, view: View, field: str) -> None:
        self.pod = pod
        self.manifest = pod.manifest
        self.view = view
        self.field = field

    def __getitem__(self, step: str) -> View:
        return self.view[step]

    @property
    def name(self) -> str:
        """The container's name."""
        return self.view["name"].text

    @property
    def is_sidecar(self) -> bool:
        """Whether it starts before the others and then runs beside them (Kubernetes 1.29 and later)."""
        return self.field == "initContainers" and self.view["restartPolicy"].text == "Always"

    @property
    def runs(self) -> bool:
        """Whether it runs as long as the pod does."""
        return self.field == "containers" or self.is_sidecar


@dataclass(frozen=True, slots=True)
class Workload:
    """An object that makes pods, with the autoscaler that sets their number, if any."""

    own: Pod
    scaler: Manifest | None = None

    @property
    def manifest(self) -> Manifest:
        """The object."""
        return self.own.manifest

    @property
    def template(self) -> View:
        """The pod's template."""
        return self.own.template

    @property
    def pod(self) -> View:
        """The pod's spec."""
        return self.own.spec

    @property
    def labels(self) -> dict[str, str]:
        """The pod's labels."""
        return self.own.labels

    @property
    def containers(self) -> Iterator[View]:
        """The containers of a pod, those that run before the others last."""
        return (each.view for each in self.own.containers)

    @property
    def per_node(self) -> bool:
        """Whether a pod runs on every node."""
        return self.manifest.kind == "DaemonSet"

    @property
    def finishes(self) -> bool:
        """Whether its pods end by themselves, as those of jobs do."""
        return self.own.finishes

    @property
    def replicas(self) -> int:
        """Pods at rest: the scaler's minimum, or what the object says, or 1."""
        written = self.manifest.view.at("spec", "replicas").integer
        if self.scaler is not None:
            is_keda = self.scaler.kind == _KEDA
            least = self.scaler.view.at("spec", "minReplicaCount" if is_keda else "minReplicas").integer
            return (0 if is_keda else 1) if least is None else least
        return 1 if written is None else written

    @property
    def max_replicas(self) -> int:
        """Pods at the scaler's maximum."""
        if self.scaler is None:
            return self.replicas
        if self.scaler.kind == _KEDA:
            most = self.scaler.view.at("spec", "maxReplicaCount").integer
            return _KEDA_MOST if most is None else most
        return self.scaler.view.at("spec", "maxReplicas").integer or self.replicas


def pod_of(manifest: Manifest) -> Pod | None:
    """The pods that an object makes; nothing where it makes none."""
    path = _TEMPLATES.get((manifest.group, manifest.kind))
    return None if path is None else Pod(manifest, manifest.view.at(*path))
