"""How the pods of a workload are replaced: how many are added first, how many may be gone meanwhile.

Source: kubernetes deployment/util ResolveFenceposts: a surge rounds up, what may be unavailable rounds
down, and where both come to 0 one pod may be unavailable.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from tierpolicies.documents.view import View
from tierpolicies.engine.context import Context
from tierpolicies.engine.workload import Workload

_PERCENTAGE = re.compile(r"\+?(\d{1,9})%")
_DEFAULT = "25%"
SCALED = ("Deployment", "StatefulSet", "ReplicaSet", "ReplicationController", "DeploymentConfig")
"""Kinds with a number of replicas."""


class Rollout(NamedTuple):
    """Pods that an update adds beyond the replicas, and pods that may be gone while it runs.

    `surge_at` and `unavailable_at` lead to the values, be it that they are missing.
    """

    surge: int
    unavailable: int
    surge_at: View
    unavailable_at: View

    @property
    def needs_room(self) -> bool:
        """Whether nothing goes before something new is ready."""
        return self.surge > 0 and self.unavailable == 0


def scaled(context: Context) -> Iterator[Workload]:
    """The workloads, each with its autoscaler only where both are applied together."""
    for workload in context.index.workloads:
        yield scaled_here(context, workload)


def scaled_here(context: Context, workload: Workload) -> Workload:
    """A workload without its autoscaler where that is of another environment."""
    scaler = workload.scaler
    if scaler is not None and context.overlays.apart(scaler.file, workload.manifest.file):
        return replace(workload, scaler=None)
    return workload


def rollout(workload: Workload) -> Rollout:
    """How an update replaces the pods of a workload at rest; none at all for one that has no updates."""
    spec, replicas = workload.manifest.view["spec"], workload.replicas
    kind = workload.manifest.kind
    if kind == "StatefulSet":
        at = spec["updateStrategy"]["rollingUpdate"]["maxUnavailable"]
        return Rollout(0, max(share(at, replicas) or 1, 1), View(None, ("spec", "updateStrategy")), at)
    if kind not in ("Deployment", "DeploymentConfig"):
        return Rollout(0, 0, spec, spec)
    strategy = spec["strategy"]
    if strategy["type"].text == "Recreate":
        return Rollout(0, replicas, strategy["type"], strategy["type"])
    rolling = strategy["rollingParams" if kind == "DeploymentConfig" else "rollingUpdate"]
    surge_at, unavailable_at = rolling["maxSurge"], rolling["maxUnavailable"]
    surge = share(surge_at, replicas, default=_DEFAULT, up=True) or 0
    unavailable = share(unavailable_at, replicas, default=_DEFAULT) or 0
    if surge == unavailable == 0:
        unavailable = 1
    return Rollout(surge, min(unavailable, replicas), surge_at, unavailable_at)


def share(amount: View, replicas: int, *, default: str = "", up: bool = False) -> int | None:
    """A number of pods, or a percentage of the replicas, rounded down or up; nothing for neither."""
    if amount.integer is not None:
        return max(amount.integer, 0)
    match = _PERCENTAGE.fullmatch(amount.text if amount else default)
    if match is None:
        return None
    part = replicas * int(match[1])
    return -(-part // 100) if up else part // 100
