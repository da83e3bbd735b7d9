"""Who talks: the workloads of a tree, addresses outside, and whoever brings requests in."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from tierpolicies.documents.manifest import Manifest
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Workload
from tierpolicies.network.policies.addresses import Block, ranged
from tierpolicies.network.policies.ports import FIRST, LAST, PROTOCOLS, Range
from tierpolicies.network.policies.selectors import LabelIndex, Selector
from tierpolicies.network.topology.listening import pod_ports

NAMESPACE_NAME = "kubernetes.io/metadata.name"
CONTROLLER, CONTROLLER_NAMESPACE = "ingress-controller", "ingress-controller-ns"
"""The name under which whoever serves Ingresses and routes is told, and a namespace for it."""
_EXTERNAL = "[External]"
_LAUNCHER = "virt-launcher-"
"""Pods that hold a virtual machine and talk to nobody themselves."""


@dataclass(frozen=True, eq=False, slots=True)
class Endpoint:
    """One end of a connection: pods of one workload with the same labels, or a block of addresses.

    `ports` are the ports of the pods' containers by name, the first of a name; `listening` all of them.
    """

    name: str
    namespace: str = ""
    short_name: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, Range] = field(default_factory=dict)
    listening: tuple[Range, ...] = ()
    on_host: bool = False
    block: Block | None = None
    workload: Workload | None = None

    @property
    def is_outside(self) -> bool:
        """Whether it is addresses."""
        return self.block is not None

    def is_called(self, name: str) -> bool:
        """Whether a person may mean it: by its name, that with its namespace, or the whole text."""
        return name in (self.short_name, f"{self.namespace}/{self.short_name}", self.name)


def outside(block: Block) -> Endpoint:
    """The endpoint of some addresses."""
    return Endpoint(f"{block}{_EXTERNAL}", block=block)


def block_of(name: str) -> Block | None:
    """The addresses that a name stands for; nothing for that of a workload."""
    return ranged(name.removesuffix(_EXTERNAL)) if name.endswith(_EXTERNAL) else None


def controller() -> Endpoint:
    """Whoever serves Ingresses and routes: nobody knows its labels."""
    return Endpoint(f"{{{CONTROLLER}}}", CONTROLLER_NAMESPACE, CONTROLLER)


def workload_endpoints(index: Index) -> list[Endpoint]:
    """The endpoints of all workloads; pods of one owner that differ in nothing are one."""
    found: dict[tuple[object, ...], Endpoint] = {}
    for workload in index.workloads:
        manifest = workload.manifest
        if manifest.kind == "Pod" and manifest.name.startswith(_LAUNCHER):
            continue
        each = _endpoint(workload)
        named = tuple(sorted((name, *port) for name, port in each.ports.items()))
        key = (each.name, tuple(sorted(each.labels.items())), named, each.on_host)
        found.setdefault(key, each)
    return list(found.values())


def _endpoint(workload: Workload) -> Endpoint:
    manifest = workload.manifest
    name, kind = _owner(manifest)
    home = manifest.namespace or DEFAULT_NAMESPACE
    listening = tuple(_ports(workload))
    return Endpoint(
        f"{home}/{name}[{kind}]",
        home,
        name,
        workload.labels,
        {name: port for name, port in reversed(listening) if name},
        tuple(port for _, port in listening),
        workload.pod["hostNetwork"].value is True,
        workload=workload,
    )


def _owner(manifest: Manifest) -> tuple[str, str]:
    """Name and kind of what made a pod, as the cluster writes it; else the object's own."""
    if manifest.kind == "Pod":
        for owner in manifest.view.at("metadata", "ownerReferences"):
            if owner["controller"].value is True:
                if owner["name"].text and owner["kind"].text != "Node":
                    return owner["name"].text, owner["kind"].text or manifest.kind
                break
    return manifest.name or manifest.view.at("metadata", "generateName").text, manifest.kind


def _ports(workload: Workload) -> Iterator[tuple[str, Range]]:
    """The ports of the pods, with their names."""
    for number, protocol, name in pod_ports(workload):
        if FIRST <= number <= LAST and protocol in PROTOCOLS:
            yield name, Range(protocol, number, number)


def namespace_labels(index: Index, homes: Iterable[str]) -> dict[str, dict[str, str]]:
    """The labels of namespaces by name, with the one that the API server sets; of others that one alone."""
    found = {home: {NAMESPACE_NAME: home} for home in homes}
    for namespace in index.of_kind("Namespace"):
        found[namespace.name] = {NAMESPACE_NAME: namespace.name, **namespace.labels}
    return found


class Population:
    """Endpoints as bits, and whom selectors of policies mean among them."""

    def __init__(
        self, endpoints: Iterable[tuple[int, Endpoint]], namespaces: Mapping[str, Mapping[str, str]]
    ) -> None:
        members: dict[str, int] = {}
        pods = []
        self._named: dict[str, dict[Range, int]] = {}
        for bit, each in endpoints:
            members[each.namespace] = members.get(each.namespace, 0) | bit
            pods.append((bit, each.labels))
            for name, port in each.ports.items():
                numbers = self._named.setdefault(name, {})
                numbers[port] = numbers.get(port, 0) | bit
        self._members = members
        self._pods = LabelIndex(pods)
        self._spaces = LabelIndex(
            (members[name], labels) for name, labels in namespaces.items() if name in members
        )

    def meant(self, where: Selector | None, who: Selector, home: str) -> int:
        """The bits of the pods that a pair of selectors in a policy of a namespace means."""
        namespaces = self._members.get(home, 0) if where is None else self._spaces.select(where)
        return namespaces & self._pods.select(who)

    def named(self, name: str, protocol: str) -> Iterator[tuple[Range, int]]:
        """What a port's name stands for, and for which endpoints; an empty protocol is any."""
        for port, bits in self._named.get(name, {}).items():
            if protocol in ("", port.protocol):
                yield port, bits
