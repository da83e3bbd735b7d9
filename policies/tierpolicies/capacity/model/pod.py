"""A pod as the scheduler sees it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from tierpolicies.capacity.model.affinity import NO_TERMS, PodTerms, Spread, pod_terms, spreads
from tierpolicies.capacity.model.features import Features
from tierpolicies.capacity.model.requests import ASSUMED, ATTACHED, CPU, MEMORY, Amounts, requests, whole
from tierpolicies.capacity.model.selectors import NodeTerm, Requirement, node_term
from tierpolicies.capacity.model.tolerations import Toleration, tolerations
from tierpolicies.documents.view import View

_SYSTEM_PRIORITIES = {"system-cluster-critical": 2_000_000_000, "system-node-critical": 2_000_001_000}
_NO_AMOUNTS: Amounts = {}
_ALL = "0.0.0.0"  # noqa: S104 (how Kubernetes writes all addresses)
_FINISHED = ("Succeeded", "Failed")


class HostPort(NamedTuple):
    """A port of the node that a pod takes; the address 0.0.0.0 is all of them."""

    address: str
    protocol: str
    port: int

    def excludes(self, other: "HostPort") -> bool:
        """Whether two pods cannot have them on one node."""
        if (self.port, self.protocol) != (other.port, other.protocol):
            return False
        return _ALL in (self.address, other.address) or self.address == other.address


class Volume(NamedTuple):
    """An attached volume that a pod mounts.

    `zones` are those it lies in, empty for anywhere; an `exclusive` one (ReadWriteOncePod) takes one pod.
    """

    claim: str
    zones: tuple[str, ...] = ()
    exclusive: bool = False


class Load(NamedTuple):
    """CPU in millicores and memory in bytes, as nodes are scored by."""

    cpu: int
    memory: int


_ASSUMED, _NONE = Load(100, 200 * 2**20), Load(0, 0)


class WeightedTerm(NamedTuple):
    """A preferred node affinity."""

    weight: int
    term: NodeTerm


@dataclass(frozen=True, slots=True)
class Template:
    """Everything about a pod that the scheduler looks at; replicas have equal ones.

    `request` holds CPU in millicores, memory and disk in bytes, the rest in units. Nodes are scored by what
    is left on them: there a pod that runs counts as `counted`, one that arrives as `weighed`, with requests
    assumed where there are none; and by balance, where one that arrives counts as `balanced`. A pod that
    arrives is scored by its containers alone, whatever it requests itself (seen in 1.36).
    `node_affinity` are alternatives, nothing for anywhere. `owner` names what keeps the pod in number.
    """

    namespace: str = "default"
    labels: tuple[tuple[str, str], ...] = ()
    request: tuple[tuple[str, int], ...] = ()
    counted: Load = _ASSUMED
    weighed: Load = _ASSUMED
    balanced: Load = _NONE
    priority: int = 0
    preempts: bool = True
    node_name: str = ""
    node_selector: tuple[Requirement, ...] = ()
    node_affinity: tuple[NodeTerm, ...] | None = None
    preferred_nodes: tuple[WeightedTerm, ...] = ()
    tolerations: tuple[Toleration, ...] = ()
    ports: tuple[HostPort, ...] = ()
    spreads: tuple[Spread, ...] = ()
    terms: PodTerms = NO_TERMS
    volumes: tuple[Volume, ...] = ()
    images: tuple[str, ...] = ()
    owner: str = ""

    def admits(self, name: str, labels: Mapping[str, str]) -> bool:
        """Whether nodeSelector and required node affinity allow a node."""
        if not all(each.met(labels) for each in self.node_selector):
            return False
        return self.node_affinity is None or any(each.matches(name, labels) for each in self.node_affinity)


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod; `node` is where it runs already, empty for one that is to be scheduled.

    A `finished` one counts nowhere; a `gated` one waits for somebody to open its scheduling gates.
    `workload` names what makes it, where that is known.
    """

    name: str
    template: Template
    node: str = ""
    finished: bool = False
    gated: bool = False
    workload: str = ""

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.template.namespace


def read_template(
    spec: View,
    *,
    namespace: str,
    labels: Mapping[str, str],
    features: Features,
    owner: str = "",
    volumes: tuple[Volume, ...] = (),
    priorities: Mapping[str, int] | None = None,
    defaults: Amounts = _NO_AMOUNTS,
    attached: int = 0,
) -> Template:
    """What the scheduler looks at in a pod's spec; a ModelError where a quantity is none.

    `priorities` are those of the known PriorityClasses, the default one by an empty name; `defaults` what
    LimitRanges give to containers that request nothing; `attached` counts the volumes that are the pod's own.
    """
    scored = {**ASSUMED, **defaults}
    request = whole(requests(spec, features, assumed=defaults))
    if attached:
        request[ATTACHED] = attached
    affinity = spec["affinity"]["nodeAffinity"]
    required = affinity["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
    preferred = affinity["preferredDuringSchedulingIgnoredDuringExecution"]
    selected = spec["nodeSelector"].labels
    return Template(
        namespace=namespace,
        labels=tuple(sorted(labels.items())),
        request=tuple(sorted(request.items())),
        counted=_load(requests(spec, features, assumed=scored)),
        weighed=_load(requests(spec, features, assumed=scored, of_containers=True)),
        balanced=_load(requests(spec, features, assumed=defaults, of_containers=True)),
        priority=_priority(spec, priorities or {}),
        preempts=spec["preemptionPolicy"].text != "Never",
        node_name=spec["nodeName"].text,
        node_selector=tuple(Requirement(key, "In", (value,)) for key, value in sorted(selected.items())),
        node_affinity=tuple(node_term(each) for each in required) if required else None,
        preferred_nodes=tuple(
            WeightedTerm(each["weight"].integer or 0, node_term(each["preference"])) for each in preferred
        ),
        tolerations=tolerations(spec),
        ports=tuple(_ports(spec, features)),
        spreads=spreads(spec, labels, features),
        terms=pod_terms(spec, namespace, labels, features),
        volumes=volumes,
        images=tuple(each["image"].text for each in (*spec["initContainers"], *spec["containers"])),
        owner=owner,
    )


def read_pod(view: View, features: Features) -> Pod:
    """A Pod object; a ModelError where a quantity is none."""
    metadata, spec = view["metadata"], view["spec"]
    owner = next((each["uid"].text for each in metadata["ownerReferences"]), "")
    template = read_template(
        spec,
        namespace=metadata["namespace"].text or "default",
        labels=metadata["labels"].labels,
        features=features,
        owner=owner,
    )
    return Pod(
        name=metadata["name"].text,
        template=replace(template, node_name=""),  # it is placed, and so alike to others
        node=spec["nodeName"].text,
        finished=view.at("status", "phase").text in _FINISHED,
        gated=any(True for _ in spec["schedulingGates"]),
    )


def _load(amounts: Amounts) -> Load:
    found = whole(amounts)
    return Load(found.get(CPU, 0), found.get(MEMORY, 0))


def _priority(spec: View, classes: Mapping[str, int]) -> int:
    written = spec["priority"].integer
    if written is not None:
        return written
    name = spec["priorityClassName"].text
    return classes.get(name, _SYSTEM_PRIORITIES.get(name, 0))


def _ports(spec: View, features: Features) -> list[HostPort]:
    """The host ports of what runs; a pod on the host's network takes every port that it names."""
    on_host = spec["hostNetwork"].value is True
    sidecars = [
        each
        for each in spec["initContainers"]
        if features.sidecars and each["restartPolicy"].text == "Always"
    ]
    found = []
    for container in (*spec["containers"], *sidecars):
        for port in container["ports"]:
            number = port["hostPort"].integer or (on_host and port["containerPort"].integer) or 0
            if number > 0:
                address = port["hostIP"].text or _ALL
                found.append(HostPort(address, port["protocol"].text or "TCP", number))
    return found
