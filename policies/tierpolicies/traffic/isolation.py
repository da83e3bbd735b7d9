"""What NetworkPolicies admit, as Kubernetes reads them: by pod, direction, port and peer.

Only `networking.k8s.io` policies are read. Where others may admit more (Calico's, Cilium's, a cluster's
administrators'), `is_partial` says so and nothing can be claimed.
"""

import ipaddress
from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from weakref import WeakKeyDictionary

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.engine.index import DEFAULT_NAMESPACE, Index
from tierpolicies.engine.workload import Workload
from tierpolicies.network.policies.policy import (
    ADMIN,
    BASELINE,
    DIRECTIONS,
    EGRESS,
    FOREIGN,
    INGRESS,
    SIDES,
    Direction,
    Entry,
    Peer,
    Policy,
    PortRange,
    policies,
)
from tierpolicies.network.policies.selectors import Selector
from tierpolicies.network.topology.endpoints import NAMESPACE_NAME
from tierpolicies.network.topology.listening import Port, pod_ports, target_ports

__all__ = [
    "DIRECTIONS",
    "EGRESS",
    "INGRESS",
    "NAMESPACE_NAME",
    "SIDES",
    "Direction",
    "Entry",
    "Isolation",
    "Peer",
    "Policy",
    "Port",
    "Selector",
    "isolation",
    "may_be_pods",
    "pod_ports",
    "target_ports",
]

_OTHERS = (ADMIN, BASELINE, *FOREIGN)


class Isolation:
    """The policies of a tree and whom they isolate."""

    def __init__(self, index: Index) -> None:
        self._index = index
        self.policies = tuple(each for each in policies(index) if not each.is_admin)
        self._at_home: dict[str, list[Policy]] = defaultdict(list)
        self._selecting: dict[int, list[Policy]] = defaultdict(list)
        self._selected: dict[int, list[Workload]] = {}
        for policy in self.policies:
            self._at_home[policy.namespace].append(policy)
            self._selected[id(policy)] = index.matched(policy.namespace, policy.selector)
            for workload in self._selected[id(policy)]:
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

    def selected(self, policy: Policy) -> list[Workload]:
        """The workloads that a policy of the tree selects."""
        return self._selected[id(policy)]

    def selecting(self, workload: Workload, direction: Direction) -> list[Policy]:
        """The policies that isolate a workload's pods in a direction."""
        found = self._selecting.get(id(workload.manifest), ())
        return [each for each in found if direction in each.directions]

    def is_isolated(self, workload: Workload, direction: Direction) -> bool:
        """Whether only what policies admit comes to the pods, or leaves them."""
        return any(self.selecting(workload, direction)) and not self.is_partial(workload.manifest.namespace)

    def admitting(self, workload: Workload, port: Port) -> Iterator[tuple[Policy, Entry]]:
        """The ingress rules by which somebody comes to a port of a workload's pods."""
        for policy in self.selecting(workload, INGRESS):
            for entry in policy.entries(INGRESS):
                if covers(entry, port, workload):
                    yield policy, entry

    def comes_in(self, client: Workload, workload: Workload, port: Port) -> bool:
        """Whether a client may be admitted to a port, as far as ingress goes."""
        if not self.is_isolated(workload, INGRESS):
            return True
        return any(self._is_for(policy, entry, client) for policy, entry in self.admitting(workload, port))

    def goes_out(self, client: Workload, workload: Workload, port: Port) -> bool:
        """Whether a client may call a port of a workload, as far as egress goes."""
        if not self.is_isolated(client, EGRESS):
            return True
        return any(self.reaches(policy, workload, port) for policy in self.selecting(client, EGRESS))

    def reaches(self, policy: Policy, workload: Workload, port: Port) -> bool:
        """Whether the egress rules of one policy admit a port of a workload."""
        return any(
            covers(entry, port, workload) and self._is_for(policy, entry, workload)
            for entry in policy.entries(EGRESS)
        )

    def may_match(self, selector: Selector, namespace: str) -> bool:
        """Whether a namespaceSelector may match a namespace; labels that nobody knows may be there."""
        namespace = namespace or DEFAULT_NAMESPACE
        known = self.namespaces.get(namespace)
        if known is not None:
            return selector.is_met(known)
        return selector.labels.get(NAMESPACE_NAME, namespace) == namespace

    def _is_for(self, policy: Policy, entry: Entry, workload: Workload) -> bool:
        return not entry.peers or any(self._matches(policy, peer, workload) for peer in entry.peers)

    def _matches(self, policy: Policy, peer: Peer, workload: Workload) -> bool:
        if peer.block is not None:
            return may_be_pods(peer.block)
        home = workload.manifest.namespace or DEFAULT_NAMESPACE
        if peer.where is None:
            return home == policy.namespace and peer.who.is_met(workload.labels)
        return peer.who.is_met(workload.labels) and self.may_match(peer.where, home)


def covers(entry: Entry, port: Port, workload: Workload) -> bool:
    """Whether a rule is for a port, that workload's pods listening there; one without ports is for all."""
    return not entry.ports or any(_covers(each, port, workload) for each in entry.ports)


def _covers(given: PortRange, port: Port, workload: Workload) -> bool:
    if given.protocol != port.protocol:
        return False
    if given.name:
        return any(each.name == given.name and each.number == port.number for each in pod_ports(workload))
    return given.first is None or given.first <= port.number <= (given.last or given.first)


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
