"""What several policies say together, layer by layer.

AdminNetworkPolicies decide by the first rule that is met, in the order of their priorities, or pass on. What
they leave undecided is for NetworkPolicies: where one is for the pods, what any of them admits is allowed.
Where none is, the BaselineAdminNetworkPolicy decides, and what it leaves undecided is allowed.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from tierpolicies.network.policies.policy import ADMIN, ALLOW, BASELINE, PASS, Direction, Policy
from tierpolicies.network.topology.endpoints import Endpoint
from tierpolicies.network.topology.topology import Topology

State = TypeVar("State")
Parts = Mapping[int, int]
"""Sets of ports, and the endpoints on the other side that they are for."""


def parts(topology: Topology, policies: Sequence[Policy], endpoint: Endpoint, direction: Direction) -> Parts:
    """What policies, in the order of their say, leave to an endpoint, by the other side."""
    space, everyone = topology.space, topology.others(direction)
    layers: dict[str, list[Policy]] = defaultdict(list)
    for policy in policies:
        layers[policy.manifest.kind].append(policy)
    # Of each part: what nobody has decided yet, what is allowed, what was passed on.
    states: dict[tuple[int, int], int] = {(space.everything, 0): everyone}
    states = _decided(topology, states, layers[ADMIN], endpoint, direction)
    if layers["NetworkPolicy"]:
        admitted: dict[int, int] = {0: everyone}
        for policy in layers["NetworkPolicy"]:
            for entry in policy.entries(direction):
                for whom, ports in topology.grants(policy, entry, endpoint, direction):
                    admitted = _changed(admitted, whom, ports.__or__)
        crossed: dict[int, int] = defaultdict(int)
        for (left, allowed), whom in states.items():
            for ports, others in admitted.items():
                if both := whom & others:
                    crossed[allowed | (left & ports)] |= both
        return crossed
    states = _decided(topology, states, layers[BASELINE], endpoint, direction)
    merged: dict[int, int] = defaultdict(int)
    for (left, allowed), whom in states.items():
        merged[allowed | (left & space.full)] |= whom
    return merged


def _decided(
    topology: Topology,
    states: dict[tuple[int, int], int],
    policies: Iterable[Policy],
    endpoint: Endpoint,
    direction: Direction,
) -> dict[tuple[int, int], int]:
    """What rules of administrators leave undecided, and what they allow; the first that is met decides."""
    open_ = {(left, allowed, 0): whom for (left, allowed), whom in states.items()}
    for policy in policies:
        for entry in policy.entries(direction):
            for whom, ports in topology.grants(policy, entry, endpoint, direction):
                open_ = _changed(open_, whom, _decision(entry.action, ports))
    found: dict[tuple[int, int], int] = defaultdict(int)
    for (left, allowed, passed), whom in open_.items():
        found[left | passed, allowed] |= whom
    return found


def _changed(states: dict[State, int], whom: int, change: Callable[[State], State]) -> dict[State, int]:
    """Parts of which some endpoints come into another state."""
    found: dict[State, int] = {}
    for state, members in states.items():
        if inside := members & whom:
            new = change(state)
            found[new] = found.get(new, 0) | inside
        if left := members & ~whom:
            found[state] = found.get(state, 0) | left
    return found


def _decision(action: str, ports: int) -> Callable[[tuple[int, int, int]], tuple[int, int, int]]:
    def change(state: tuple[int, int, int]) -> tuple[int, int, int]:
        left, allowed, passed = state
        hit = ports & left
        return (
            left & ~hit,
            allowed | (hit if action == ALLOW else 0),
            passed | (hit if action == PASS else 0),
        )

    return change
