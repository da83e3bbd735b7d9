"""Who may reach whom on which ports: all of it at once, by bits.

Endpoints with the same policies are one group. What a group's policies say of the other side cuts that side
into parts with the same ports; a connection is allowed where the source's egress and the destination's
ingress both say so. The result is a list of blocks: some sources, some destinations, some ports.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from tierpolicies.network.analysis.layers import Parts, parts
from tierpolicies.network.policies.policy import EGRESS, INGRESS, Direction, Policy
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.topology import Topology, numbers


class Group(NamedTuple):
    """Endpoints with the same policies in a direction, and the ports by other side."""

    members: int
    parts: Parts


class Block(NamedTuple):
    """Every source may reach every destination on the ports; all three are bits."""

    sources: int
    destinations: int
    ports: int


class Connection(NamedTuple):
    """A pair that is connected, and its ports."""

    source: Endpoint
    destination: Endpoint
    ports: int


class Network(Topology):
    """The network of a tree of manifests."""

    def groups(self, direction: Direction) -> list[Group]:
        """All endpoints by what their policies say in a direction."""
        members: dict[tuple[object, ...], int] = defaultdict(int)
        first: dict[tuple[object, ...], Endpoint] = {}
        selecting = self.selecting[direction]
        for number in numbers(self.pods | (self.controller if direction == EGRESS else 0)):
            endpoint = self.endpoints[number]
            key = self._shared(selecting.get(number, ()), endpoint, direction)
            members[key] |= 1 << number
            first.setdefault(key, endpoint)
        found = [Group(those, self.parts_of(first[key], direction)) for key, those in members.items()]
        beyond = self.destinations_outside if direction == INGRESS else self.sources_outside
        return [*found, Group(beyond, {self.space.full: self.pods})]

    def parts_of(self, endpoint: Endpoint, direction: Direction) -> Parts:
        """What the policies of an endpoint say, by the other side; worked out once for all who share it."""
        known, own = self._known_parts, (id(endpoint), direction)
        if own not in known:
            policies = self.policies_of(endpoint, direction)
            shared = self._shared(policies, endpoint, direction)
            if shared not in known:
                known[shared] = parts(self, policies, endpoint, direction)
            known[own] = known[shared]
        return known[own]

    @cached_property
    def _known_parts(self) -> dict[tuple[object, ...], Parts]:
        return {}

    def _shared(
        self, policies: Sequence[Policy], endpoint: Endpoint, direction: Direction
    ) -> tuple[object, ...]:
        """The same for endpoints with the same policies, at which the names of ports stand for the same."""
        key: tuple[object, ...] = (direction, *(id(each) for each in policies))
        if direction == EGRESS or not policies:
            return key
        answers = tuple((name, endpoint.ports.get(name)) for name in self._names_of(policies))
        return (*key, endpoint.workload is None, answers)

    def _names_of(self, policies: Iterable[Policy]) -> Sequence[str]:
        """The names of ports in the rules of some policies for what comes in."""
        entries = (entry for policy in policies for entry in policy.entries(INGRESS))
        return sorted({port.name for entry in entries for port in entry.ports if port.name})

    @cached_property
    def blocks(self) -> list[Block]:
        """Every allowed connection but those of the ingress controller; no two blocks share a pair."""
        found = []
        arriving = self.groups(INGRESS)
        for leaving in self.groups(EGRESS):
            for going, whom in leaving.parts.items():
                for group in arriving if going else ():
                    destinations = whom & group.members
                    if destinations:
                        for coming, others in group.parts.items():
                            sources = leaving.members & others & ~self.controller
                            ports = going & coming
                            if sources and ports:
                                found.append(Block(sources, destinations, ports))
        return found

    def connections(self) -> Iterator[Connection]:
        """Every connected pair, in the order of their names; no workload with itself."""
        by_sources: dict[int, list[tuple[int, int]]] = defaultdict(list)
        for sources, destinations, ports in self.blocks:
            by_sources[sources].append((destinations, ports))
        for first, bits in self._namesakes:
            source = self.endpoints[first]
            if bits == self.controller:
                open_ = self.entering()
            else:
                open_ = defaultdict(int)
                for sources, targets in by_sources.items():
                    if sources & bits:
                        for destinations, ports in targets:
                            for number in numbers(destinations & ~bits):
                                open_[number] |= ports
            for destination, ports in sorted(self._by_name(open_).items()):
                yield Connection(source, self.endpoints[destination], ports)

    @cached_property
    def _namesakes(self) -> list[tuple[int, int]]:
        """The first endpoint of each name, and all of them: pods of one owner may differ in their labels."""
        found: dict[str, tuple[int, int]] = {}
        for number, each in enumerate(self.endpoints):
            first, bits = found.get(each.name, (number, 0))
            found[each.name] = first, bits | 1 << number
        return list(found.values())

    def _by_name(self, open_: Mapping[int, int]) -> Mapping[int, int]:
        """Ports by the first workload of each name."""
        if len({each.name for each in self.workloads}) == len(self.workloads):
            return open_
        first = {self.endpoints[number].name: number for number in sorted(open_, reverse=True)}
        merged: dict[int, int] = defaultdict(int)
        for number, ports in open_.items():
            merged[first[self.endpoints[number].name]] |= ports
        return merged

    def pairs(self) -> Iterator[tuple[Endpoint, Endpoint]]:
        """Every pair that may be asked about, in the order of their names; the controller where it is led."""
        entering = self.entering()
        going, coming = (
            [self.endpoints[next(numbers(may))] for _, bits in self._namesakes if (may := bits & those)]
            for those in (
                self.pods | self.controller | self.sources_outside,
                self.pods | self.destinations_outside,
            )
        )
        for source in going:
            if self.bits[id(source)] == self.controller:
                yield from ((source, self.endpoints[number]) for number in entering)
                continue
            for destination in coming:
                if source.name != destination.name and not (source.is_outside and destination.is_outside):
                    yield source, destination

    def entering(self) -> dict[int, int]:
        """The ports on which the ingress controller may reach endpoints, by their number, in order."""
        wanted: dict[int, int] = defaultdict(int)
        for entrance in self.entrances:
            number = self.bits[id(entrance.endpoint)].bit_length() - 1
            for port in entrance.ports:
                wanted[number] |= self.space.of("TCP", port)
        open_ = {
            number: wanted[number] & self.allowed(self.ingress_controller, self.endpoints[number])
            for number in sorted(wanted)
        }
        return {number: ports for number, ports in open_.items() if ports}

    def allowed(self, source: Endpoint, destination: Endpoint) -> int:
        """The ports on which one endpoint may reach another."""
        return self.side(source, destination, EGRESS) & self.side(destination, source, INGRESS)

    def side(self, endpoint: Endpoint, other: Endpoint, direction: Direction) -> int:
        """The ports that the policies of one side let through: from whom (Ingress), or to whom (Egress)."""
        if endpoint.is_outside:
            return self.space.full
        bit = self.bits[id(other)]
        return next((ports for ports, whom in self.parts_of(endpoint, direction).items() if whom & bit), 0)
