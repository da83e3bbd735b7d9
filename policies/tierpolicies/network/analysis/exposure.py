"""To whom workloads are open that the tree does not show: pods that may come.

Each pair of selectors in a rule stands for pods that nobody has written yet, and one more for any pod of the
cluster. Whether another rule means them too is decided by the selectors alone: it must ask for nothing, or
for the same.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.engine.index import Index
from tierpolicies.network.analysis.layers import parts
from tierpolicies.network.analysis.network import Network
from tierpolicies.network.policies.policy import DIRECTIONS, EGRESS, INGRESS, Direction, Entry, Peer, Policy
from tierpolicies.network.policies.selectors import Selector
from tierpolicies.network.topology.endpoints import NAMESPACE_NAME, Endpoint
from tierpolicies.network.topology.topology import NOTHING, Beside, numbers

ENTIRE_CLUSTER = "entire-cluster"


@dataclass(frozen=True, eq=False, slots=True)
class Represented:
    """Pods that may come: what is asked of their namespace and, where anything, of themselves.

    `home` is the namespace where a rule means its own by leaving the selector out.
    """

    where: Selector
    who: Selector | None
    home: str

    @property
    def key(self) -> tuple[str, str]:
        """The same for those that are asked for the same."""
        return self.where.key, self.who.key if self.who is not None else ""

    @property
    def name(self) -> str:
        """`[namespace with {tier=web}]/[pod with {app=shop}]`."""
        if self.where.is_empty:
            space = "[all namespaces]"
        elif not self.where.has_expressions and list(self.where.labels) == [NAMESPACE_NAME]:
            space = self.where.labels[NAMESPACE_NAME]
        else:
            space = f"[namespace with {{{self.where.told}}}]"
        is_any = self.who is None or self.who.is_empty
        return f"{space}/{'[all pods]' if is_any or self.who is None else f'[pod with {{{self.who.told}}}]'}"

    def is_meant(self, policy: Policy, peer: Peer) -> bool:
        """Whether a peer of a rule, or whom a policy is for, means all of them."""
        if not peer.is_pods:
            return False
        if peer.where is None:
            is_home = policy.namespace == self.home
        else:
            is_home = peer.where.is_empty or peer.where.key == self.where.key
        return is_home and (peer.who.is_empty or (self.who is not None and peer.who.key == self.who.key))


class Exposure(NamedTuple):
    """To whom a workload is open in a direction, and on which ports.

    `beyond` is told by its name: any pod, pods that may come, or addresses outside.
    """

    endpoint: Endpoint
    direction: Direction
    beyond: str
    ports: int


class ExposedNetwork(Network):
    """A network with the pods in it that may come."""

    def __init__(self, index: Index, *, hosts_are_nodes: bool = False, beside: Beside = NOTHING) -> None:
        """Read the tree, and find whom selectors stand for."""
        super().__init__(index, hosts_are_nodes=hosts_are_nodes, beside=beside)
        anybody = Represented(Selector(View({})), None, "")
        found = {each.key: each for each in reversed(list(self._represented()))}
        coming = [each for each in reversed(found.values()) if not self._is_there(each)]
        start = len(self.endpoints)
        self._further = {1 << (start + number): each for number, each in enumerate([anybody, *coming])}
        self._anybody = 1 << start
        self._everybody = sum(self._further)
        self.endpoints += [Endpoint(ENTIRE_CLUSTER), *(Endpoint(each.name) for each in coming)]
        self.bits.update((id(self.endpoints[bit.bit_length() - 1]), bit) for bit in self._further)

    def _represented(self) -> Iterator[Represented]:
        """Whom all rules stand for; one that is for the entire cluster says nothing of others."""
        for policy in self.written:
            for direction in DIRECTIONS:
                for entry in policy.entries(direction):
                    if any(peer.is_every_pod for peer in entry.peers):
                        continue
                    for peer in entry.peers:
                        if peer.is_pods:
                            is_told = bool(peer.view["podSelector"] or peer.view["pods"])
                            own = Selector(View({"matchLabels": {NAMESPACE_NAME: policy.namespace}}))
                            home = policy.namespace if peer.where is None else ""
                            yield Represented(peer.where or own, peer.who if is_told else None, home)

    def _is_there(self, each: Represented) -> bool:
        """Whether a workload of the tree is one of them: then it is told itself."""
        if each.who is None or each.who.is_empty or each.where.is_empty:
            return False
        if each.who.has_expressions or each.where.has_expressions:
            return False
        return bool(self.population.meant(each.where, each.who, ""))

    def others(self, direction: Direction) -> int:
        """Everyone on the other side, those that may come among them."""
        return super().others(direction) | self._everybody

    def meant_by(self, policy: Policy, peer: Peer, direction: Direction) -> int:
        """The endpoints that one peer of a rule is for, those that may come among them."""
        found = super().meant_by(policy, peer, direction)
        if peer.is_pods:
            found |= sum(bit for bit, each in self._further.items() if each.is_meant(policy, peer))
        return found

    def grants(
        self, policy: Policy, entry: Entry, endpoint: Endpoint, direction: Direction
    ) -> Iterator[tuple[int, int]]:
        """Whom a rule is for, and its ports there; for who may come, a name of a port stays one."""
        yield from super().grants(policy, entry, endpoint, direction)
        unanswered = self._anybody
        if direction == EGRESS or endpoint.workload is None:
            unanswered = self._everybody
        whom = self.meant(policy, entry, direction) & unanswered
        for port in entry.ports if whom else ():
            if port.name and (direction == EGRESS or port.name not in endpoint.ports):
                yield whom, self.space.named(port.protocol, port.name)

    def telling(self, policy: Policy, direction: Direction, other: Endpoint) -> Sequence[Entry]:
        """The rules that explain: those for the entire cluster alone, where these allow pods everything."""
        entries = policy.entries(direction)
        wide = [each for each in entries if self.meant(policy, each, direction) & self._anybody]
        open_ = 0
        for each in wide:
            for whom, ports in self.grants(policy, each, other, direction):
                open_ |= ports if whom & self._anybody else 0
        return wide if open_ == self.space.full and not other.is_outside else entries

    def exposures(self) -> list[Exposure]:
        """To whom each workload is open; nothing of those that are shut."""
        beyond = self._outside_connections()
        found: list[Exposure] = []
        for endpoint in {each.name: each for each in reversed(self.workloads)}.values():
            told = {direction: self._of(endpoint, direction) for direction in DIRECTIONS}
            if any(told.values()):
                for direction, exposures in told.items():
                    found += exposures
                    found += beyond.get((endpoint.name, direction), ())
        return found

    def unprotected(self) -> Iterator[tuple[Endpoint, Direction]]:
        """The workloads that no policy is for, and the direction."""
        for endpoint in self.workloads:
            for direction in (EGRESS, INGRESS):
                if not self.policies_of(endpoint, direction):
                    yield endpoint, direction

    def _of(self, endpoint: Endpoint, direction: Direction) -> list[Exposure]:
        policies = self.policies_of(endpoint, direction)
        if not policies:
            return [Exposure(endpoint, direction, ENTIRE_CLUSTER, self.space.full)]
        by_bit: dict[int, int] = {}
        for ports, whom in self.parts_of(endpoint, direction).items():
            by_bit.update((1 << number, ports) for number in numbers(whom & self._everybody))
        anybody = by_bit.pop(self._anybody)
        found = [Exposure(endpoint, direction, ENTIRE_CLUSTER, anybody)] if anybody else []
        for bit, own in by_bit.items():
            # A name that nobody answers for yet is the caller's word alone.
            ports = own & (self._own_side(bit, endpoint, direction) | ~self.space.full)
            if ports != anybody:
                found.append(Exposure(endpoint, direction, self._further[bit].name, ports))
        return found

    @cached_property
    def _administrators(self) -> list[Policy]:
        return [each for each in self.policies if each.is_admin]

    def _own_side(self, bit: int, endpoint: Endpoint, direction: Direction) -> int:
        """What administrators' policies leave to pods that may come."""
        opposite: Direction = INGRESS if direction == EGRESS else EGRESS
        represented = self._further[bit]
        policies = [
            each
            for each in self._administrators
            if opposite in each.directions and represented.is_meant(each, each.selects)
        ]
        if not policies:
            return -1  # every port, and every name
        said = parts(self, policies, self.endpoints[bit.bit_length() - 1], opposite)
        return next(ports for ports, whom in said.items() if whom & self.bits[id(endpoint)])

    def _outside_connections(self) -> Mapping[tuple[str, Direction], list[Exposure]]:
        found: dict[tuple[str, Direction], list[Exposure]] = {}
        for source, destination, ports in self.connections():
            if source.is_outside:
                each = Exposure(destination, INGRESS, source.name, ports)
            elif destination.is_outside:
                each = Exposure(source, EGRESS, destination.name, ports)
            else:
                continue
            found.setdefault((each.endpoint.name, each.direction), []).append(each)
        return found
