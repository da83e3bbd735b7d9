"""Why no placement exists, in words that name pods, what they want, and how much of it there is."""

from collections.abc import Sequence
from dataclasses import dataclass

from tierpolicies.capacity.model.requests import ATTACHED, CPU, MEMORY, STORAGE
from tierpolicies.quantity import bytes_text, cpu_text

_FEW, _MANY = 2, 6


@dataclass(frozen=True, slots=True)
class Reason:
    """Pods that cannot all be placed, and the sentence that says why.

    `pods` are pairs of a workload's name and how many of its pods are meant; `least_pending` is how many of
    them stay pending whatever is done. `resource` names what is short, where that is one. A reason that
    `grows` may go away with more nodes of the same kind.
    """

    sentence: str
    pods: tuple[tuple[str, int], ...]
    least_pending: int = 1
    resource: str = ""
    grows: bool = True


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
    """`ai-worker x 3, batch-worker x 2`; of many only the first."""
    told = [f"{name} x {count}" if count > 1 else name for name, count in pods[:_MANY]]
    return ", ".join(told) + (f" and {len(pods) - _MANY} more" if len(pods) > _MANY else "")


def nodes_text(names: Sequence[str]) -> str:
    """`worker-1`, `worker-1 and worker-2`, or how many they are."""
    if len(names) <= _FEW:
        return " and ".join(names)
    return f"{len(names)} nodes ({names[0]} to {names[-1]})"
