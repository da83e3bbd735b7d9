"""Why no placement exists, in words that name pods, what they want, and how much of it there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tierpolicies.capacity.model.requests import CPU, MEMORY, STORAGE
from tierpolicies.quantity import bytes_text, cpu_text

ATTACHED = "attachable-volumes"
"""The name under which attached volumes count like a resource."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Pods that cannot all be placed, and the sentence that says why.

    `pods` are pairs of a workload's name and how many of its pods are meant; `least_pending` is how many of
    them stay pending whatever is done. `resource` names what is short, where that is one.
    """

    sentence: str
    pods: tuple[tuple[str, int], ...]
    least_pending: int = 1
    resource: str = ""


def amount(resource: str, number: int) -> str:
    """An amount of a resource for people."""
    if resource == CPU:
        return f"{cpu_text(number)} CPU"
    if resource == MEMORY:
        return f"{bytes_text(number)} memory"
    if resource == STORAGE:
        return f"{bytes_text(number)} disk"
    if resource == ATTACHED:
        return f"{number} volumes"
    return f"{number} {resource}"


def pods_text(pods: Sequence[tuple[str, int]]) -> str:
    """`ai-worker x 3, batch-worker x 2`."""
    return ", ".join(f"{name} x {count}" if count > 1 else name for name, count in pods)


def nodes_text(names: Sequence[str]) -> str:
    """`worker-1`, `worker-1 and worker-2`, or how many they are."""
    if len(names) <= 2:
        return " and ".join(names)
    return f"{len(names)} nodes ({names[0]} to {names[-1]})"
