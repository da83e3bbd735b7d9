"""Whether what is allowed is what is declared: what is blocked, what else is open, what nothing needs."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.network.analysis.network import Block
from tierpolicies.network.intent.intent import Flow, Intent
from tierpolicies.network.policies.policy import (
    DIRECTIONS,
    EGRESS,
    INGRESS,
    Direction,
    Entry,
    Peer,
    Policy,
    PortRange,
)
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.topology import numbers


class Blocked(NamedTuple):
    """Ports of a declared flow that the policies of one side do not let through."""

    flow: Flow
    source: Endpoint
    destination: Endpoint
    ports: int
    direction: Direction
    policies: tuple[Policy, ...]


class Undeclared(NamedTuple):
    """A pair that may talk on ports that no flow declares, and a rule by which it may."""

    source: Endpoint
    destination: Endpoint
    ports: int
    policy: Policy
    entry: Entry


class Needless(NamedTuple):
    """A rule, or a peer or port of one, without which every declared flow passes all the same."""

    policy: Policy
    direction: Direction
    at: View
    what: str


def blocked(intent: Intent) -> Iterator[Blocked]:
    """Every declared flow that is stopped, pair by pair, and by which side."""
    network = intent.network
    for flow, sources, destinations, ports in intent.declared():
        for going in numbers(sources):
            source = network.endpoints[going]
            for coming in numbers(destinations):
                destination = network.endpoints[coming]
                if missing := ports & ~network.allowed(source, destination):
                    for direction, own, other in (
                        (INGRESS, destination, source),
                        (EGRESS, source, destination),
                    ):
                        if stopped := missing & ~network.side(own, other, direction):
                            policies = network.policies_of(own, direction)
                            yield Blocked(flow, source, destination, stopped, direction, policies)


def undeclared(intent: Intent) -> Iterator[Undeclared]:
    """Every pair that a policy lets talk on ports that no flow declares; no workload with itself.

    Pairs of which neither has a policy are left out: they may do anything, as network/isolated-pods tells.
    """
    network = intent.network
    declared = [Block(sources, destinations, ports) for _, sources, destinations, ports in intent.declared()]
    held = [each for each in network.blocks if _is_held(intent, each)]
    for sources, destinations, ports in _without(held, declared):
        for going in numbers(sources):
            for coming in numbers(destinations & ~(1 << going)):
                source, destination = network.endpoints[going], network.endpoints[coming]
                admitting = _admitting(intent, source, destination, ports)
                if admitting is not None:
                    yield Undeclared(source, destination, ports, *admitting)


def _is_held(intent: Intent, block: Block) -> bool:
    """Whether a policy is for somebody of a block."""
    going, coming = (intent.network.selecting[each] for each in (EGRESS, INGRESS))
    return any(each in going for each in numbers(block.sources)) or any(
        each in coming for each in numbers(block.destinations)
    )


def needless(intent: Intent) -> Iterator[Needless]:
    """Everything in the rules of NetworkPolicies that no declared flow needs.

    A rule is told as a whole where nothing of it is needed; else its peers and ports, one by one.
    """
    needed = _needed(intent)
    by_home: dict[tuple[str, Direction], list[_Atom]] = defaultdict(list)
    by_rule: dict[int, list[_Atom]] = defaultdict(list)
    for atom in _atoms(intent):
        by_home[atom.policy.namespace, atom.direction].append(atom)
        by_rule[id(atom.entry)].append(atom)
    for policy, direction, entry in _entries(intent):
        own = by_rule[id(entry)]  # nothing where it names a port that nobody has
        whom, with_, ports = _hull(own)  # most flows and rules have nothing to do with this one
        flows = [each for each in needed[direction] if each[0] & whom and each[1] & with_ and each[2] & ports]
        others = [
            each
            for each in by_home[policy.namespace, direction]
            if each.grant[0] & whom and each.grant[1] & with_ and each.grant[2] & ports
        ]
        if not _is_needed(own, others, flows):
            yield Needless(policy, direction, entry.view, "rule")
            continue
        for peer in entry.peers if len(entry.peers) > 1 else ():
            if not _is_needed([each for each in own if each.peer is peer], others, flows):
                yield Needless(policy, direction, peer.view, "peer")
        for port in entry.ports if len(entry.ports) > 1 else ():
            if not _is_needed([each for each in own if each.port is port], others, flows):
                yield Needless(policy, direction, port.view, "port")


def _hull(atoms: Iterable["_Atom"]) -> Block:
    """Everybody and every port that some grants are about."""
    found = [0, 0, 0]
    for atom in atoms:
        found = [before | now for before, now in zip(found, atom.grant, strict=True)]
    return Block(*found)


def _needed(intent: Intent) -> Mapping[Direction, list[Block]]:
    """What policies of a direction have to grant: to whom of their own, with whom, and on which ports."""
    found: dict[Direction, list[Block]] = {INGRESS: [], EGRESS: []}
    for _, sources, destinations, ports in intent.declared():
        found[EGRESS].append(Block(sources, destinations, ports))
        found[INGRESS].append(Block(destinations, sources, ports))
    return found


class _Atom(NamedTuple):
    """One peer and one port of a rule, and what it grants: own pods, others, ports."""

    policy: Policy
    direction: Direction
    entry: Entry
    peer: Peer | None
    port: PortRange | None
    grant: Block


def _entries(intent: Intent) -> Iterator[tuple[Policy, Direction, Entry]]:
    """The rules of NetworkPolicies."""
    for policy in intent.network.policies:
        for direction in DIRECTIONS if not policy.is_admin else ():
            for entry in policy.entries(direction):
                yield policy, direction, entry


def _atoms(intent: Intent) -> Iterator[_Atom]:
    network = intent.network
    everyone = {direction: network.others(direction) for direction in DIRECTIONS}
    for policy, direction, entry in _entries(intent):
        selected = network.selected(policy) & network.pods
        for peer in entry.peers or (None,):
            whom = everyone[direction] if peer is None else network.meant_by(policy, peer, direction)
            for port in entry.ports or (None,):
                for granted in network.opened(port, selected, whom, direction):
                    yield _Atom(policy, direction, entry, peer, port, Block(*granted))


def _is_needed(part: Sequence[_Atom], others: Sequence[_Atom], needed: Sequence[Block]) -> bool:
    """Whether what a part of a rule grants alone is needed."""
    own = {id(each) for each in part}
    kept = [each.grant for each in others if id(each) not in own]
    return any(_meets(left, needed) for left in _without([each.grant for each in part], kept))


def _meets(one: Block, others: Iterable[Block]) -> bool:
    return any(_meet(one, other) for other in others)


def _without(blocks: Iterable[Block], taken: Sequence[Block]) -> Iterator[Block]:
    """What is left of some blocks without others."""
    for block in blocks:
        left = [block]
        for other in taken:
            if _meet(block, other):
                left = [part for each in left for part in _parts(each, other)]
                if not left:
                    break
        yield from left


def _parts(one: Block, other: Block) -> Iterator[Block]:
    """What is left of one block without another."""
    if not _meet(one, other):
        yield one
        return
    sources, destinations, ports = other
    if beyond := one.sources & ~sources:
        yield Block(beyond, one.destinations, one.ports)
    if beyond := one.destinations & ~destinations:
        yield Block(one.sources & sources, beyond, one.ports)
    if beyond := one.ports & ~ports:
        yield Block(one.sources & sources, one.destinations & destinations, beyond)


def _meet(one: Block, other: Block) -> bool:
    return bool(
        one.sources & other.sources and one.destinations & other.destinations and one.ports & other.ports
    )


def _admitting(
    intent: Intent, source: Endpoint, destination: Endpoint, ports: int
) -> tuple[Policy, Entry] | None:
    """A rule by which a pair may talk: the destination's where it has policies, else the source's."""
    network = intent.network
    for direction, own, other in ((INGRESS, destination, source), (EGRESS, source, destination)):
        for policy in network.policies_of(own, direction):
            for entry in policy.entries(direction):
                for whom, open_ in network.grants(policy, entry, own, direction):
                    if whom & network.bits[id(other)] and open_ & ports:
                        return policy, entry
    return None
