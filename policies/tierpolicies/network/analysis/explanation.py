"""Why a connection is allowed or denied: the policies and rules of both sides that say so."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from tierpolicies.documents.manifest import Manifest
from tierpolicies.documents.view import View
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.policy import (
    ADMIN,
    ALLOW,
    BASELINE,
    EGRESS,
    INGRESS,
    PASS,
    Direction,
    Policy,
)
from tierpolicies.network.topology.endpoints import Endpoint

DEFAULT = "the system default (Allow all)"
_VERBS = {ALLOW: "allows", PASS: "passes"}
_NO_MATCH = "but the protocols and ports do not match"
_NO_NAME = "but named ports of the rule have no match in the configuration of the destination peer"


class Reason(NamedTuple):
    """Something that decides: its kind, what it says, and where that stands."""

    kind: str
    text: str
    manifest: Manifest | None = None
    view: View | None = None


class Verdict(NamedTuple):
    """Ports with one fate for the same reasons; an empty kind is the default of Kubernetes."""

    ports: int
    is_allowed: bool
    reasons: tuple[Reason, ...]


class Explained(NamedTuple):
    """Ports with one fate, and what each side says of them."""

    ports: int
    egress: Verdict
    ingress: Verdict

    @property
    def is_allowed(self) -> bool:
        """Whether both sides allow them."""
        return self.egress.is_allowed and self.ingress.is_allowed

    @property
    def is_default(self) -> bool:
        """Whether no policy has a say."""
        return self.egress.reasons == self.ingress.reasons == (_DEFAULT,)


_DEFAULT = Reason("", DEFAULT)


def explained(network: Network, source: Endpoint, destination: Endpoint) -> list[Explained]:
    """What becomes of each port between two endpoints, and why. All ports are told, each once."""
    egress = verdicts(network, source, destination, EGRESS)
    ingress = verdicts(network, destination, source, INGRESS)
    if network.bits[id(source)] == network.controller:
        ingress = _entering(network, destination, ingress)
    found: dict[tuple[object, ...], Explained] = {}
    for going in egress:
        for coming in ingress:
            if ports := going.ports & coming.ports:
                key = (going.is_allowed, going.reasons, coming.is_allowed, coming.reasons)
                known = found[key].ports if key in found else 0
                found[key] = Explained(known | ports, going, coming)
    return list(found.values())


def verdicts(network: Network, endpoint: Endpoint, other: Endpoint, direction: Direction) -> list[Verdict]:
    """What the policies of an endpoint say of another in a direction."""
    policies = network.policies_of(endpoint, direction) if not endpoint.is_outside else ()
    ordinary = [each for each in policies if not each.is_admin]
    left, found = _decided(
        network, (each for each in policies if each.manifest.kind == ADMIN), endpoint, other, direction
    )
    for ports, passing in left:
        if ordinary:
            said = [_of_policy(network, policy, endpoint, other, direction) for policy in ordinary]
            found += _joined(ports, passing, said)
            continue
        baseline = (each for each in policies if each.manifest.kind == BASELINE)
        remaining, decided = _decided(network, baseline, endpoint, other, direction)
        found += (
            Verdict(ports & each.ports, each.is_allowed, (*passing, *each.reasons))
            for each in decided
            if ports & each.ports
        )
        found += (Verdict(ports & rest, True, (*passing, _DEFAULT)) for rest, _ in remaining if ports & rest)
    return found


def _decided(
    network: Network, policies: Iterable[Policy], endpoint: Endpoint, other: Endpoint, direction: Direction
) -> tuple[list[tuple[int, tuple[Reason, ...]]], list[Verdict]]:
    """What administrators' rules leave to others (and who passed it on), and what they decide."""
    open_, found = network.space.full, list[Verdict]()
    passed: list[tuple[int, tuple[Reason, ...]]] = []
    for policy in policies:
        for entry in policy.entries(direction):
            hit = open_ & _ports(network, network.grants(policy, entry, endpoint, direction), other)
            if not hit:
                continue
            open_ &= ~hit
            verb = _VERBS.get(entry.action, "denies")
            text = (
                f"{policy.manifest.kind} '{policy.name}' {verb} connections by {direction} rule {entry.name}"
            )
            reason = Reason(policy.manifest.kind, text, policy.manifest, entry.view)
            if entry.action == PASS:
                passed.append((hit, (reason,)))
            else:
                found.append(Verdict(hit, entry.action == ALLOW, (reason,)))
    return [(open_, ()), *passed] if open_ else passed, found


def _ports(network: Network, grants: Iterable[tuple[int, int]], other: Endpoint) -> int:
    """The ports that a rule is about between its policy's pods and another."""
    found = 0
    for whom, ports in grants:
        found |= ports if whom & network.bits[id(other)] else 0
    return found


def _of_policy(
    network: Network, policy: Policy, endpoint: Endpoint, other: Endpoint, direction: Direction
) -> list[Verdict]:
    """What one NetworkPolicy says: what its rules allow, each port by the first, and the rest."""
    bit = network.bits[id(other)]
    name = f"NetworkPolicy '{policy.name}'"
    left, found, why = network.space.full, [], ""
    at: View = policy.manifest.view.at("spec", direction.lower())
    entries = policy.entries(direction)
    for entry in network.telling(policy, direction, other):
        if not network.meant(policy, entry, direction) & bit:
            continue
        ports = _ports(network, network.grants(policy, entry, endpoint, direction), other)
        rule = f"{direction} rule #{entry.number}"
        if not why:
            how = _NO_MATCH if ports else _NO_NAME
            why = f"{name} selects {endpoint.name}, and {rule} selects {other.name}, {how}"
            at = entry.view
        if hit := ports & left:
            text = f"{name} allows connections by {rule}"
            found.append(Verdict(hit, True, (Reason("NetworkPolicy", text, policy.manifest, entry.view),)))
            left &= ~hit
    if not why:
        why = f"{name} selects {endpoint.name}, but {other.name} is not allowed by any {direction} rule"
        why += "" if entries else " (no rules defined)"
    if left:
        found.append(Verdict(left, False, (Reason("NetworkPolicy", why, policy.manifest, at),)))
    return found


def _joined(ports: int, passing: tuple[Reason, ...], said: Sequence[Sequence[Verdict]]) -> Iterator[Verdict]:
    """What several policies say together: allowed by those that allow, else denied by all."""
    parts = [Verdict(ports, False, ())]
    for each in said:
        parts = [_both(before, now) for before in parts for now in each if before.ports & now.ports]
    for part in parts:
        yield Verdict(part.ports, part.is_allowed, (*passing, *part.reasons))


def _both(before: Verdict, now: Verdict) -> Verdict:
    ports = before.ports & now.ports
    if before.is_allowed == now.is_allowed:
        return Verdict(ports, now.is_allowed, (*before.reasons, *now.reasons))
    return Verdict(ports, True, (before if before.is_allowed else now).reasons)


def _entering(network: Network, destination: Endpoint, ingress: Sequence[Verdict]) -> list[Verdict]:
    """What Ingresses and routes lead to an endpoint, where its policies let it in."""
    leading = [Verdict(network.space.full, False, ())]
    for entrance in network.entrances:
        if entrance.endpoint is destination:
            ports = sum({network.space.of("TCP", port) for port in entrance.ports})
            kind, by = entrance.by.kind, entrance.by
            said = [
                Verdict(ports, True, (Reason(kind, entrance.allowing, by, by.view["spec"]),)),
                Verdict(
                    network.space.full & ~ports,
                    False,
                    (Reason(kind, entrance.not_matching, by, by.view["spec"]),),
                ),
            ]
            leading = [_both(before, now) for before in leading for now in said if before.ports & now.ports]
    found = []
    for entry in leading:
        for policy in ingress:
            if ports := entry.ports & policy.ports:
                others = () if policy.reasons == (_DEFAULT,) else policy.reasons
                found.append(
                    Verdict(ports, entry.is_allowed and policy.is_allowed, (*entry.reasons, *others))
                )
    return found
