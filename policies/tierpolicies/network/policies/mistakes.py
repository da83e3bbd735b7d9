"""What the API refuses of a policy. That part of it selects and admits nobody where policies are analyzed."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.network.policies.addresses import parsed
from tierpolicies.network.policies.policy import (
    ADMIN,
    ADMIN_FORMS,
    ALLOW,
    BASELINE,
    DENY,
    DIRECTIONS,
    ONLY_BASELINE,
    PASS,
    SIDES,
    Direction,
    Entry,
    Peer,
    Policy,
    PortRange,
)
from tierpolicies.network.policies.ports import FIRST, LAST, PROTOCOLS
from tierpolicies.network.policies.selectors import mistakes as selector_mistakes

_PRIORITIES = range(1001)


class Mistake(NamedTuple):
    """A value that the API refuses, and why."""

    manifest: Manifest
    at: View
    message: str

    @property
    def place(self) -> str:
        """File, line and column, as compilers tell them."""
        line, column = self.manifest.position(self.at.pointer)
        return f"{self.manifest.file}:{line}:{column}"


def mistakes(policies: Iterable[Policy]) -> list[Mistake]:
    """Everything that the API refuses of some policies, in their order."""
    found = []
    priorities: dict[int, Policy] = {}
    for policy in policies:
        found += [Mistake(policy.manifest, at, message) for at, message in _of_policy(policy)]
        if policy.manifest.kind == ADMIN:
            other = priorities.setdefault(policy.priority, policy)
            if other is not policy:
                at = policy.manifest.view.at("spec", "priority")
                message = f"{other.name} has the priority {policy.priority} too, so either may come first"
                found.append(Mistake(policy.manifest, at, message))
    return found


def _of_policy(policy: Policy) -> Iterator[tuple[View, str]]:
    spec = policy.manifest.view["spec"]
    if spec and not isinstance(spec.value, dict):
        yield spec, f"the spec {spec.value!r} is no mapping"
    for each in (spec["policyTypes"], spec["ingress"], spec["egress"]):
        yield from _of_list(each)
    if policy.is_admin:
        yield from _of_peer(policy.selects)
        priority = spec["priority"].integer
        if policy.manifest.kind == ADMIN and priority not in _PRIORITIES:
            yield spec["priority"], f"{spec['priority'].value!r} is no priority from 0 to 1000"
        if policy.manifest.kind == BASELINE and policy.manifest.name != ONLY_BASELINE:
            yield policy.manifest.view.at("metadata", "name"), f"the only name that counts is {ONLY_BASELINE}"
    else:
        yield from _told("the selector", selector_mistakes(policy.selector))
        for each in spec["policyTypes"]:
            if each.text not in DIRECTIONS:
                yield each, f"{each.value!r} is neither Ingress nor Egress"
    for direction in DIRECTIONS:
        for entry in policy.entries(direction):
            yield from _of_entry(policy, direction, entry)


def _of_list(view: View) -> Iterator[tuple[View, str]]:
    if view and not isinstance(view.value, list):
        yield view, f"{view.value!r} stands where a list must"


def _of_entry(policy: Policy, direction: Direction, entry: Entry) -> Iterator[tuple[View, str]]:
    if entry.view and not isinstance(entry.view.value, dict):
        yield entry.view, f"the rule {entry.view.value!r} is no mapping"
        return
    actions = (ALLOW, DENY) if policy.manifest.kind == BASELINE else (ALLOW, DENY, PASS)
    if policy.is_admin and entry.action not in actions:
        yield entry.view["action"], f"the action {entry.action!r} is none of {', '.join(actions)}"
    if policy.is_admin and not entry.peers:
        yield entry.view, "a rule of administrators names whom it is for"
    peers, ports = entry.view[SIDES[direction][1]], entry.view["ports"]
    for each in (peers, ports):
        yield from _of_list(each)
    for peer in entry.peers if isinstance(peers.value, list) else ():
        yield from _of_peer(peer)
    for port in entry.ports if isinstance(ports.value, list) else ():
        yield from _of_port(port)


def _of_peer(peer: Peer) -> Iterator[tuple[View, str]]:
    if not peer.is_valid:
        told = "is for nobody: name pods or addresses, not both"
        if peer.view["nodes"]:
            told = "is for nodes, which no manifest shows"
        yield peer.view, f"the peer {told}"
        return
    for selector in (peer.where, peer.who):
        if selector is not None:
            yield from _told("the selector", selector_mistakes(selector.view))
    if peer.block is not None:
        yield from _of_list(peer.block["except"])
        yield from block_mistakes(peer.block)
    for network in peer.networks:
        if parsed(network.text) is None:
            yield network, f"{network.value!r} is not a range such as 10.0.0.0/16"


def block_mistakes(block: View) -> Iterator[tuple[View, str]]:
    """What is wrong with an ipBlock: ranges that are none, exceptions that do not lie within."""
    whole = parsed(block["cidr"].text)
    if whole is None:
        yield block["cidr"], f"{block['cidr'].value!r} is not a range such as 10.0.0.0/16"
        return
    for each in block["except"]:
        inner = parsed(each.text)
        if inner is None:
            yield each, f"{each.value!r} is not a range such as 10.0.1.0/24"
        elif inner == whole or not whole.holds(inner):
            yield each, f"the exception {each.text} is no smaller part of {block['cidr'].text}"


def end_port_mistakes(port: View) -> Iterator[tuple[View, str]]:
    """What is wrong with an endPort."""
    first, last = port["port"], port["endPort"]
    if "endPort" not in port.mapping:
        return
    if not first:
        yield last, "an endPort needs a port before it"
    elif first.text:
        yield last, f"an endPort needs a port in figures, not {first.text!r}"
    elif first.integer is not None and last.integer is not None and last.integer < first.integer:
        yield last, f"the endPort {last.integer} is less than the port {first.integer}"


def _of_port(port: PortRange) -> Iterator[tuple[View, str]]:
    ends = list(end_port_mistakes(port.view))
    if port.protocol and port.protocol not in PROTOCOLS:
        yield port.view["protocol"], f"the protocol {port.protocol!r} is none of {', '.join(PROTOCOLS)}"
    elif ends:
        yield from ends
    elif sum(bool(port.view[form]) for form in ADMIN_FORMS) > 1:
        yield port.view, f"a port is one of {', '.join(ADMIN_FORMS)}, not several"
    elif written := port.view["port"].text or port.view["namedPort"].text:
        if not port.name:
            yield port.view, f"{written!r} is no name of a port; figures stand without quotes"
    elif port.range is None:
        yield port.view, f"{port.view.value!r} is no port from {FIRST} to {LAST}, nor a range in order"


def _told(subject: str, found: Iterable[tuple[View, str]]) -> Iterator[tuple[View, str]]:
    return ((at, f"in {subject}, {at.value!r} {message}") for at, message in found)
