"""Who is there, by bits, and whom policies mean.

Each endpoint has a bit, in the order of their names, so that bits in order are lines in order.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple, Self

from tierpolicies.engine.index import Index
from tierpolicies.network.policies.addresses import Block, Partition
from tierpolicies.network.policies.policy import (
    ADMIN,
    BASELINE,
    EGRESS,
    FOREIGN,
    INGRESS,
    Direction,
    Entry,
    Peer,
    Policy,
    PortRange,
    policies,
)
from tierpolicies.network.policies.ports import PortSpace, Range
from tierpolicies.network.topology.endpoints import (
    Endpoint,
    Population,
    controller,
    namespace_labels,
    outside,
    workload_endpoints,
)
from tierpolicies.network.topology.entrances import entrances, publications


class Beside(NamedTuple):
    """What is known beside a tree: pods that somebody else brings, and addresses and ports of interest.

    `families` are versions of IP that are told of though no policy names an address of them.
    """

    pods: tuple[Endpoint, ...] = ()
    blocks: tuple[Block, ...] = ()
    ports: tuple[Range, ...] = ()
    families: frozenset[int] = frozenset()


NOTHING = Beside()


class Topology:
    """Policies, workloads and ways in of a tree of manifests."""

    def __init__(self, index: Index, *, hosts_are_nodes: bool = False, beside: Beside = NOTHING) -> None:
        """Read policies, workloads and ways in.

        The API leaves open what policies are to pods of the host's network: by default they are pods as
        any other; with `hosts_are_nodes` they are what most plugins make of them, addresses of nodes that no
        selector means and no policy holds. What is `beside` the tree takes part as if it stood there.
        """
        self._index, self._hosts_are_nodes, self._beside = index, hosts_are_nodes, beside
        self.written = policies(index)
        self.foreign = tuple(index.of_kind(*FOREIGN))
        self.policies = _ordered(self.written)
        pods = [*workload_endpoints(index), *beside.pods]
        self.workloads = sorted(pods, key=lambda each: each.name)
        self.entrances = list(entrances(index, self.workloads))
        self.publications = list(publications(index, self.workloads))
        ranges, names = _mentioned(self.policies, self.workloads)
        self.space = PortSpace((*ranges, *beside.ports), names)
        sources, destinations = (
            [*(block for policy in self.policies for block in policy.blocks(each)), *beside.blocks]
            for each in (INGRESS, EGRESS)
        )
        # Who names no address of IPv6 has none, and is told of none.
        named = (each.version for each in (*sources, *destinations))
        self.families = frozenset((4, *beside.families, *named))
        self._sources = Partition(sources, self.families)
        self._destinations = Partition(destinations, self.families)
        self._lay_out()
        homes = {each.namespace for each in self.endpoints if each.namespace}
        self.namespaces = namespace_labels(index, homes)
        self.population = Population(
            (
                (1 << bit, each)
                for bit, each in enumerate(self.endpoints)
                if not each.is_outside and not (hosts_are_nodes and each.on_host)
            ),
            self.namespaces,
        )
        self._meant: dict[tuple[int, Direction], int] = {}

    def with_families(self, families: frozenset[int]) -> Self:
        """The same, told of in some versions of IP at least: itself where it is."""
        if families <= self.families:
            return self
        beside = self._beside._replace(families=families)
        return type(self)(self._index, hosts_are_nodes=self._hosts_are_nodes, beside=beside)

    def _lay_out(self) -> None:
        """Gives each endpoint its bit."""
        self.ingress_controller = controller()
        fetched = [("", self.ingress_controller)] if self.entrances else []
        sources = [(INGRESS, outside(piece)) for piece in self._sources.pieces]
        destinations = [(EGRESS, outside(piece)) for piece in self._destinations.pieces]
        pods = [("", each) for each in self.workloads]
        ordered = sorted((*sources, *destinations, *pods, *fetched), key=lambda item: item[1].name)
        self.endpoints = [each for _, each in ordered]
        self.bits = {id(each): 1 << number for number, each in enumerate(self.endpoints)}
        self.pods = sum(self.bits[id(each)] for each in self.workloads)
        self.controller = sum(self.bits[id(each)] for _, each in fetched)
        self._pieces = {
            INGRESS: [self.bits[id(each)] for _, each in sources],
            EGRESS: [self.bits[id(each)] for _, each in destinations],
        }
        self.sources_outside = sum(self._pieces[INGRESS])
        self.destinations_outside = sum(self._pieces[EGRESS])

    # Whom policies mean.

    def selected(self, policy: Policy) -> int:
        """The endpoints that a policy is for."""
        peer = policy.selects
        return self.population.meant(peer.where, peer.who, policy.namespace)

    def within(self, blocks: Iterable[Block], direction: Direction) -> int:
        """The addresses of blocks, as sources (Ingress) or destinations (Egress); of those that cut alone."""
        partition = self._sources if direction == INGRESS else self._destinations
        pieces = self._pieces[direction]
        return sum({pieces[number] for block in blocks for number in partition.within(block)})

    def others(self, direction: Direction) -> int:
        """Everyone on the other side: who may come, or where one may go."""
        if direction == INGRESS:
            return self.pods | self.controller | self.sources_outside
        return self.pods | self.destinations_outside

    def meant(self, policy: Policy, entry: Entry, direction: Direction) -> int:
        """The endpoints on the other side that a rule is for."""
        key = (id(entry), direction)
        if key not in self._meant:
            found = self.others(direction) if not entry.peers and not policy.is_admin else 0
            for peer in entry.peers:
                found |= self.meant_by(policy, peer, direction)
            self._meant[key] = found
        return self._meant[key]

    def meant_by(self, policy: Policy, peer: Peer, direction: Direction) -> int:
        """The endpoints on the other side that one peer of a rule is for."""
        if peer.is_pods:
            return self.population.meant(peer.where, peer.who, policy.namespace) & self.others(direction)
        return self.within(peer.blocks(), direction)

    # What policies say.

    @cached_property
    def selecting(self) -> Mapping[Direction, Mapping[int, tuple[Policy, ...]]]:
        """The policies that are for each endpoint (its number) in a direction, in the order of their say."""
        found: dict[Direction, dict[int, list[Policy]]] = {
            INGRESS: defaultdict(list),
            EGRESS: defaultdict(list),
        }
        for policy in self.policies:
            selected = list(numbers(self.selected(policy)))
            for direction, by_number in found.items():
                if direction in policy.directions:
                    for number in selected:
                        by_number[number].append(policy)
        return {
            direction: {number: tuple(policies) for number, policies in each.items()}
            for direction, each in found.items()
        }

    def policies_of(self, endpoint: Endpoint, direction: Direction) -> tuple[Policy, ...]:
        """The policies that are for an endpoint in a direction."""
        number = self.bits[id(endpoint)].bit_length() - 1
        return self.selecting[direction].get(number, ())

    def telling(self, policy: Policy, direction: Direction, other: Endpoint) -> Sequence[Entry]:  # noqa: ARG002
        """The rules of a policy by which what it says of somebody is explained: all of them."""
        return policy.entries(direction)

    def grants(
        self, policy: Policy, entry: Entry, endpoint: Endpoint, direction: Direction
    ) -> Iterator[tuple[int, int]]:
        """Whom a rule is for, and its ports there; `endpoint` is whom the policy is for."""
        whom = self.meant(policy, entry, direction)
        if not whom:
            return
        ports = 0 if entry.ports else self.space.full
        for port in entry.ports:
            for own, others, open_ in self.opened(port, self.bits[id(endpoint)], whom, direction):
                if own and others == whom:
                    ports |= open_
                elif own and others:
                    yield others, open_
        yield whom, ports

    def opened(
        self, port: PortRange | None, own: int, others: int, direction: Direction
    ) -> Iterator[tuple[int, int, int]]:
        """What one port of a rule comes to between some endpoints: of whom, to whom, and in figures.

        A name stands for whatever the destination, on either side of the policy, has under it. Without a
        port it is all of them.
        """
        if port is None:
            yield own, others, self.space.full
        elif port.name:
            for range_, having in self.population.named(port.name, port.protocol):
                if direction == EGRESS:
                    yield own, others & having, self.space.of(*range_)
                else:
                    yield own & having, others, self.space.of(*range_)
        elif port.range is not None:
            yield own, others, self.space.of(*port.range)


def numbers(bits: int) -> Iterator[int]:
    """The numbers of the bits that are set, in order."""
    while bits:
        low = bits & -bits
        yield low.bit_length() - 1
        bits ^= low


def _ordered(policies: Iterable[Policy]) -> list[Policy]:
    """Policies in the order of their say: administrators' by priority, then the others by name."""
    rank = {ADMIN: 0, "NetworkPolicy": 1, BASELINE: 2}
    return sorted(
        policies,
        key=lambda each: (rank[each.manifest.kind], each.priority if each.is_admin else 0, each.name),
    )


def _mentioned(
    policies: Iterable[Policy], endpoints: Iterable[Endpoint]
) -> tuple[list[Range], list[tuple[str, str]]]:
    """The ports and names of ports that policies, and containers, mention."""
    ranges = {port for each in endpoints for port in each.listening}
    names = set()
    for policy in policies:
        for direction in (INGRESS, EGRESS):
            for entry in policy.entries(direction):
                for port in entry.ports:
                    if port.name:
                        names.add((port.protocol, port.name))
                    elif port.range is not None:
                        ranges.add(port.range)
    return sorted(ranges), sorted(names)
