"""Nodes at rest with what the scheduler puts on them."""

from collections.abc import Iterator
from dataclasses import dataclass

from tierpolicies.capacity.model.node import Node
from tierpolicies.capacity.model.pod import Pod
from tierpolicies.capacity.model.requests import CPU, MEMORY
from tierpolicies.capacity.resources import Resources
from tierpolicies.capacity.scenarios.part import Part


@dataclass(frozen=True, slots=True)
class Load:
    """The pods of one workload on a node: how many, and what they request together."""

    workload: str
    count: int
    requested: Resources


@dataclass(frozen=True, slots=True)
class Filled:
    """A node with its tiers, what it can give, and the loads on it, the largest first."""

    node: Node
    tiers: tuple[str, ...]
    capacity: Resources
    loads: tuple[Load, ...]

    @property
    def requested(self) -> Resources:
        """What all loads request."""
        return sum((each.requested for each in self.loads), start=Resources())


def filled(part: Part) -> Iterator[Filled]:
    """The nodes of a part at rest; pods that find no place are on none."""
    nodes = part.nodes({})
    pods = [*part.daemons(nodes), *part.resting({})]
    for node in nodes:
        here = [pod for pod in pods if pod.node == node.name]
        loads = [_load(name, here) for name in dict.fromkeys(pod.workload for pod in here)]
        loads.sort(key=lambda each: (-each.requested.memory_bytes, -each.requested.cpu_milli, each.workload))
        given = Resources(node.allocatable.get(CPU, 0), node.allocatable.get(MEMORY, 0))
        yield Filled(node, part.tiers, given, tuple(loads))


def _load(name: str, pods: list[Pod]) -> Load:
    requests = [dict(pod.template.request) for pod in pods if pod.workload == name]
    total = Resources(
        sum(each.get(CPU, 0) for each in requests), sum(each.get(MEMORY, 0) for each in requests)
    )
    return Load(name, len(requests), total)
