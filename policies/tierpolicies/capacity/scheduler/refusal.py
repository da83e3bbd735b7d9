"""Why a node cannot take a pod, and how the scheduler says so of all nodes."""

from collections import Counter
from collections.abc import Iterable
from typing import NamedTuple


class Refusal(NamedTuple):
    """A filter's no: its reasons, the plugin, and whether no eviction could change it."""

    reasons: tuple[str, ...]
    plugin: str
    hopeless: bool = False


def told(refusals: Iterable[Refusal], count: int) -> str:
    """`0/4 nodes are available: 1 Insufficient cpu, …`: each reason with how many nodes have it.

    Source: pkg/scheduler/framework/types.go FitError.Error, which sorts the texts with their numbers.
    """
    found = Counter(reason for each in refusals for reason in each.reasons)
    reasons = ", ".join(sorted(f"{number} {reason}" for reason, number in found.items()))
    return f"0/{count} nodes are available{': ' if reasons else ''}{reasons}."
