"""One packet at a time, by the words of the API: slow, and plain enough to be believed by reading.

Nothing of the analyzer is used. Objects are as YAML has them. A name of a port that the destination does not
have admits nothing; blocks of addresses are for addresses outside of the cluster.
"""

import ipaddress
from dataclasses import dataclass
from typing import Any

Object = dict[str, Any]


@dataclass(frozen=True)
class Packet:
    """From a pod or an address, to a pod or an address."""

    source: Object | str
    destination: Object | str
    protocol: str
    port: int


@dataclass(frozen=True)
class Cluster:
    namespaces: list[Object]
    pods: list[Object]
    policies: list[Object]
    admin: list[Object]
    baseline: list[Object]

    def passes(self, packet: Packet) -> bool:
        """Whether a packet leaves its source, and arrives."""
        return self.lets(packet, "egress") and self.lets(packet, "ingress")

    def lets(self, packet: Packet, direction: str) -> bool:
        """Whether the policies of the side that is asked, `egress` or `ingress`, let it through."""
        pod = packet.source if direction == "egress" else packet.destination
        other = packet.destination if direction == "egress" else packet.source
        if isinstance(pod, str):
            return True  # policies are for pods
        for policy in sorted(self.admin, key=lambda each: each["spec"]["priority"]):
            action = self._action(policy, pod, other, packet, direction)
            if action == "Pass":
                break
            if action is not None:
                return action == "Allow"
        selecting = [each for each in self.policies if self._is_for(each, pod, direction)]
        if selecting:
            return any(self._admits(each, other, packet, direction) for each in selecting)
        for policy in self.baseline:
            action = self._action(policy, pod, other, packet, direction)
            if action is not None:
                return action == "Allow"
        return True

    # NetworkPolicy.

    def _is_for(self, policy: Object, pod: Object, direction: str) -> bool:
        spec = policy["spec"]
        types = spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]
        return (
            direction.capitalize() in types
            and home_of(policy) == home_of(pod)
            and meets(spec.get("podSelector") or {}, labels_of(pod))
        )

    def _admits(self, policy: Object, other: Object | str, packet: Packet, direction: str) -> bool:
        for rule in policy["spec"].get(direction) or []:
            peers = rule.get("from" if direction == "ingress" else "to") or []
            ports = rule.get("ports") or []
            if peers and not any(self._is_peer(peer, policy, other) for peer in peers):
                continue
            if not ports or any(is_port(port, packet) for port in ports):
                return True
        return False

    def _is_peer(self, peer: Object, policy: Object, other: Object | str) -> bool:
        if "ipBlock" in peer:
            block = peer["ipBlock"]
            return is_within(other, block["cidr"]) and not any(
                is_within(other, each) for each in block.get("except") or []
            )
        if isinstance(other, str):
            return False
        if "namespaceSelector" in peer:
            if not meets(peer["namespaceSelector"], self._namespace_labels(home_of(other))):
                return False
        elif home_of(other) != home_of(policy):
            return False
        return meets(peer.get("podSelector") or {}, labels_of(other))

    def _namespace_labels(self, name: str) -> dict[str, str]:
        own = {"kubernetes.io/metadata.name": name}
        for namespace in self.namespaces:
            if namespace["metadata"]["name"] == name:
                return {**own, **(namespace["metadata"].get("labels") or {})}
        return own

    # AdminNetworkPolicy and BaselineAdminNetworkPolicy.

    def _action(
        self, policy: Object, pod: Object, other: Object | str, packet: Packet, direction: str
    ) -> str | None:
        if not self._is_subject(policy["spec"]["subject"], pod):
            return None
        for rule in policy["spec"].get(direction) or []:
            peers = rule["from" if direction == "ingress" else "to"]
            if not any(self._is_admin_peer(peer, other) for peer in peers):
                continue
            if "ports" not in rule or any(is_admin_port(port, packet) for port in rule["ports"]):
                action: str = rule["action"]
                return action
        return None

    def _is_subject(self, subject: Object, pod: Object | str) -> bool:
        if isinstance(pod, str):
            return False
        space = self._namespace_labels(home_of(pod))
        if "namespaces" in subject:
            return meets(subject["namespaces"], space)
        pods = subject["pods"]
        return meets(pods.get("namespaceSelector") or {}, space) and meets(
            pods.get("podSelector") or {}, labels_of(pod)
        )

    def _is_admin_peer(self, peer: Object, other: Object | str) -> bool:
        if "networks" in peer:
            return any(is_within(other, each) for each in peer["networks"])
        return self._is_subject(peer, other)


def home_of(thing: Object) -> str:
    return str(thing["metadata"].get("namespace") or "default")


def labels_of(pod: Object) -> dict[str, str]:
    return pod["metadata"].get("labels") or {}


def meets(selector: Object, labels: dict[str, str]) -> bool:
    for key, value in (selector.get("matchLabels") or {}).items():
        if labels.get(key) != value:
            return False
    for term in selector.get("matchExpressions") or []:
        key, operator, values = term["key"], term["operator"], term.get("values") or []
        if operator == "In" and labels.get(key) not in values:
            return False
        if operator == "NotIn" and key in labels and labels[key] in values:
            return False
        if operator == "Exists" and key not in labels:
            return False
        if operator == "DoesNotExist" and key in labels:
            return False
    return True


def is_within(address: Object | str, cidr: str) -> bool:
    return isinstance(address, str) and ipaddress.ip_address(address) in ipaddress.ip_network(cidr)


def is_port(port: Object, packet: Packet) -> bool:
    protocol = port.get("protocol") or "TCP"
    if protocol != packet.protocol:
        return False
    wanted = port.get("port")
    if wanted is None:
        return True
    if isinstance(wanted, int):
        return bool(wanted <= packet.port <= (port.get("endPort") or wanted))
    return named(packet.destination, wanted) == (protocol, packet.port)


def is_admin_port(port: Object, packet: Packet) -> bool:
    if "portNumber" in port:
        number = port["portNumber"]
        return (number.get("protocol") or "TCP", number["port"]) == (packet.protocol, packet.port)
    if "portRange" in port:
        span = port["portRange"]
        is_protocol = (span.get("protocol") or "TCP") == packet.protocol
        return bool(is_protocol and span["start"] <= packet.port <= span["end"])
    return named(packet.destination, port["namedPort"]) == (packet.protocol, packet.port)


def named(destination: Object | str, name: str) -> tuple[str, int] | None:
    """What a port's name stands for at a pod: the first container's port of that name."""
    if isinstance(destination, str):
        return None
    for container in destination["spec"]["containers"]:
        for port in container.get("ports") or []:
            if port.get("name") == name:
                return port.get("protocol") or "TCP", port["containerPort"]
    return None
