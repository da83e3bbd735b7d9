"""What NetworkPolicies admit, as Kubernetes reads them: by pod, direction, port and peer.

Only `networking.k8s.io` policies are read. Where others may admit more (Calico's, Cilium's, a cluster's
administrators'), `is_partial` says so and nothing can be claimed.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal, NamedTuple
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.selector import unmet
from tierpolicies.engine.workload import Workload

Direction = Literal["Ingress", "Egress"]
INGRESS: Direction = "Ingress"
EGRESS: Direction = "Egress"
DIRECTIONS = (INGRESS, EGRESS)
NAMESPACE_NAME = "kubernetes.io/metadata.name"
SIDES = {INGRESS: ("ingress", "from"), EGRESS: ("egress", "to")}

_OTHERS = (
    "AdminNetworkPolicy",
    "BaselineAdminNetworkPolicy",
    "CiliumClusterwideNetworkPolicy",
    "CiliumNetworkPolicy",
    "ClusterNetworkPolicy",
    "GlobalNetworkPolicy",
    "NetworkPolicy.crd.projectcalico.org",
    "NetworkPolicy.projectcalico.org",
)


class Port(NamedTuple):
    """A port that a pod listens on."""

    number: int
    protocol: str = "TCP"
    name: str = ""

    def __str__(self) -> str:
        """`4369 (epmd)`, or the number alone."""
        return (
            f"{self.number} ({self.name})"
            if self.name and self.name != str(self.number)
            else str(self.number)
        )


@dataclass(frozen=True, eq=False)
class Policy:
    """A NetworkPolicy and the directions in which it isolates the pods that it selects."""

    manifest: Manifest

    @property
    def namespace(self) -> str:
        """Its namespace."""
        return self.manifest.namespace or DEFAULT_NAMESPACE

    @property
    def selector(self) -> View:
        """Whom it selects."""
        return self.manifest.view.at("spec", "podSelector")

    @property
    def selects_all(self) -> bool:
        """Whether it selects every pod of its namespace."""
        return not self.selector["matchLabels"].mapping and not any(self.selector["matchExpressions"])

    @cached_property
    def directions(self) -> frozenset[str]:
        """Those of policyTypes; without these Ingress, and Egress where there is a rule for it."""
        types = {each.text for each in self.manifest.view.at("spec", "policyTypes")}
        if types:
            return frozenset(types)
        has_egress = any(self.manifest.view.at("spec", "egress"))
        return frozenset((INGRESS, EGRESS) if has_egress else (INGRESS,))

    def rules(self, direction: Direction) -> Iterator[View]:
        """What it admits in a direction."""
        if direction in self.directions:
            yield from self.manifest.view.at("spec", SIDES[direction][0])


class Isolation:
    """The policies of a tree and whom they isolate."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.policies = tuple(Policy(each) for each in index.of_kind("NetworkPolicy"))
        self._at_home: dict[str, list[Policy]] = defaultdict(list)
        self._selecting: dict[int, list[Policy]] = defaultdict(list)
        for policy in self.policies:
            self._at_home[policy.namespace].append(policy)
            for workload in index.matched(policy.namespace, policy.selector):
                self._selecting[id(workload.manifest)].append(policy)
        others = list(index.of_kind(*_OTHERS))
        self._is_partial = any(_is_global(each) for each in others)
        self._partial = {each.namespace or DEFAULT_NAMESPACE for each in others if not _is_global(each)}

    @cached_property
    def namespaces(self) -> dict[str, dict[str, str]]:
        """The labels of the namespaces that the tree has as objects."""
        return {
            each.name: {**each.labels, NAMESPACE_NAME: each.name} for each in self._index.of_kind("Namespace")
        }

    def is_partial(self, namespace: str) -> bool:
        """Whether policies of another kind have a say in a namespace."""
        return self._is_partial or (namespace or DEFAULT_NAMESPACE) in self._partial

    def at_home(self, namespace: str) -> list[Policy]:
        """The policies of a namespace."""
        return self._at_home.get(namespace or DEFAULT_NAMESPACE, [])

    def selecting(self, workload: Workload, direction: Direction) -> list[Policy]:
        """The policies that isolate a workload's pods in a direction."""
        found = self._selecting.get(id(workload.manifest), ())
        return [each for each in found if direction in each.directions]

    def is_isolated(self, workload: Workload, direction: Direction) -> bool:
        """Whether only what policies admit comes to the pods, or leaves them."""
        return any(self.selecting(workload, direction)) and not self.is_partial(workload.manifest.namespace)

    def admitting(self, workload: Workload, port: Port) -> Iterator[tuple[Policy, View]]:
        """The ingress rules by which somebody comes to a port of a workload's pods."""
        for policy in self.selecting(workload, INGRESS):
            for rule in policy.rules(INGRESS):
                if covers(rule, port, workload):
                    yield policy, rule

    def comes_in(self, client: Workload, workload: Workload, port: Port) -> bool:
        """Whether a client may be admitted to a port, as far as ingress goes."""
        if not self.is_isolated(workload, INGRESS):
            return True
        return any(
            self._is_peer(policy, rule, "from", client) for policy, rule in self.admitting(workload, port)
        )

    def goes_out(self, client: Workload, workload: Workload, port: Port) -> bool:
        """Whether a client may call a port of a workload, as far as egress goes."""
        if not self.is_isolated(client, EGRESS):
            return True
        return any(
            covers(rule, port, workload) and self._is_peer(policy, rule, "to", workload)
            for policy in self.selecting(client, EGRESS)
            for rule in policy.rules(EGRESS)
        )

    def reaches(self, policy: Policy, workload: Workload, port: Port) -> bool:
        """Whether the egress rules of one policy admit a port of a workload."""
        return any(
            covers(rule, port, workload) and self._is_peer(policy, rule, "to", workload)
            for rule in policy.rules(EGRESS)
        )

    def may_match(self, selector: View, namespace: str) -> bool:
        """Whether a namespaceSelector may match a namespace; labels that nobody knows may be there."""
        namespace = namespace or DEFAULT_NAMESPACE
        known = self.namespaces.get(namespace)
        if known is not None:
            return not any(unmet(selector, known))
        name = selector["matchLabels"][NAMESPACE_NAME].text
        return (not name or name == namespace) and not any(
            term["key"].text == NAMESPACE_NAME for term in unmet(selector, {NAMESPACE_NAME: namespace})
        )

    def _is_peer(self, policy: Policy, rule: View, side: str, workload: Workload) -> bool:
        if not any(rule[side]):
            return True
        return any(self._matches(policy, peer, workload) for peer in rule[side])

    def _matches(self, policy: Policy, peer: View, workload: Workload) -> bool:
        if peer["ipBlock"]:
            return may_be_pods(peer["ipBlock"])
        home = workload.manifest.namespace or DEFAULT_NAMESPACE
        where, pods = peer["namespaceSelector"], peer["podSelector"]
        if isinstance(where.value, dict):
            if not self.may_match(where, home):
                return False
        elif home != policy.namespace:
            return False
        return not any(unmet(pods, workload.labels))


def covers(rule: View, port: Port, workload: Workload) -> bool:
    """Whether a rule is for a port, that workload's pods listening there; one without ports is for all."""
    entries = list(rule["ports"])
    return not entries or any(_covers(entry, port, workload) for entry in entries)


def _covers(entry: View, port: Port, workload: Workload) -> bool:
    if (entry["protocol"].text or "TCP") != port.protocol:
        return False
    wanted = entry["port"]
    if wanted.text:
        return any(each.name == wanted.text and each.number == port.number for each in pod_ports(workload))
    number = wanted.integer
    if number is None:
        return True
    return number <= port.number <= (entry["endPort"].integer or number)


def pod_ports(workload: Workload) -> Iterator[Port]:
    """The ports that the containers of a workload's pods declare."""
    for container in workload.own.running:
        for port in container["ports"]:
            number = port["containerPort"].integer
            if number is not None:
                yield Port(number, port["protocol"].text or "TCP", port["name"].text)


def target_ports(service_port: View, workload: Workload) -> list[Port]:
    """The ports of a workload's pods that a port of a Service leads to."""
    target, own = service_port["targetPort"], service_port["port"]
    protocol, name = service_port["protocol"].text or "TCP", service_port["name"].text
    if target.text:
        return [each for each in pod_ports(workload) if each.name == target.text]
    number = target.integer if target.integer is not None else own.integer
    return [] if number is None else [Port(number, protocol, name)]


def may_be_pods(block: View) -> bool:
    """Whether an ipBlock may hold addresses of pods: private ones are not all told."""
    try:
        network = ipaddress.ip_network(block["cidr"].text, strict=False)
    except ValueError:
        return True
    return network.prefixlen == 0 or network.is_private


def _is_global(policy: Manifest) -> bool:
    """Whether a policy of another kind is for the whole cluster."""
    return policy.kind not in ("CiliumNetworkPolicy", "NetworkPolicy")


_MADE: WeakKeyDictionary[Index, Isolation] = WeakKeyDictionary()


def isolation(index: Index) -> Isolation:
    """The isolation of a tree's pods; made once for all rules."""
    if index not in _MADE:
        _MADE[index] = Isolation(index)
    return _MADE[index]
