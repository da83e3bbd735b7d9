"""How many pods of a workload a drained node may take at once."""

from __future__ import annotations

from collections.abc import Mapping

from tiered.component import Component
from tiered.manifest import Wave


def add_budget(component: Component, name: str, *, selector: Mapping[str, str], replicas: int) -> None:
    """Add a PodDisruptionBudget, if there are two replicas or more: with one it could only block drains.

    One pod goes at a time. Pods that are not healthy may always go: they serve nobody, and a node
    full of crashing pods could else never be drained.
    """
    if replicas < 2:
        return
    component.add(
        "policy/v1",
        "PodDisruptionBudget",
        name,
        wave=Wave.TRAFFIC,
        spec={
            "maxUnavailable": 1,
            "unhealthyPodEvictionPolicy": "AlwaysAllow",
            "selector": {"matchLabels": dict(selector)},
        },
    )
