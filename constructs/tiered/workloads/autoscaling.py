"""How many replicas a workload has, and the HorizontalPodAutoscaler that decides where there is a choice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tiered.errors import TieredError
from tiered.manifest import Body, Wave
from tiered.quantity import canonical

if TYPE_CHECKING:  # the targets are plain data, which must not start Node
    from tiered.component import Component

# A lull shorter than this stops no pod, and so interrupts no task and warms no new process.
_LULL_SECONDS = 300


@dataclass(frozen=True, kw_only=True)
class CpuTarget:
    """Keep the average use of CPU at this percentage of what the pods request."""

    utilization: int = 70

    def body(self) -> Body:
        # Pods here have one container, of which a ContainerResource metric would say the same.
        return {
            "type": "Resource",
            "resource": {
                "name": "cpu",
                "target": {"type": "Utilization", "averageUtilization": self.utilization},
            },
        }


@dataclass(frozen=True, kw_only=True)
class ExternalTarget:
    """Keep a metric from outside the pods, divided by the number of replicas, at a value.

    Args:
        metric: name under the External Metrics API, for example `rabbitmq_queue_messages`.
        average_value: for each replica, as a quantity.
        labels: of the series meant, for example `{"queue": "q.ai"}`.
    """

    metric: str
    average_value: str
    labels: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> Body:
        metric: Body = {"name": self.metric}
        if self.labels:
            metric["selector"] = {"matchLabels": dict(self.labels)}
        target = {"type": "AverageValue", "averageValue": canonical(self.average_value)}
        return {"type": "External", "external": {"metric": metric, "target": target}}


@dataclass(frozen=True, kw_only=True)
class Replicas:
    """A fixed number, or a range within which `target` decides.

    Raises:
        TieredError: an empty range, or a range without target or from zero.
    """

    minimum: int = 1
    maximum: int | None = None
    target: CpuTarget | ExternalTarget | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.minimum <= self.most:
            raise TieredError(
                f"replicas {self.minimum} to {self.most} is no range: write 0 <= minimum <= maximum"
            )
        if self.scaled and self.target is None:
            raise TieredError(
                f"nothing decides between {self.minimum} and {self.most} replicas:"
                " give target=CpuTarget(…) or ExternalTarget(…), or leave maximum out"
            )
        if self.scaled and self.minimum == 0:
            raise TieredError(
                "an autoscaler from 0 replicas needs the alpha feature gate HPAScaleToZero: write minimum=1"
            )

    @property
    def most(self) -> int:
        """The largest number there can be."""
        return self.minimum if self.maximum is None else self.maximum

    @property
    def scaled(self) -> bool:
        """Whether an autoscaler owns the number, so that the Deployment must not name one."""
        return self.most > self.minimum


ONE = Replicas()


def add_autoscaler(component: Component, name: str, *, replicas: Replicas) -> None:
    """Add the HorizontalPodAutoscaler of Deployment `name`, if its replicas are a range."""
    if not replicas.scaled or replicas.target is None:
        return
    component.add(
        "autoscaling/v2",
        "HorizontalPodAutoscaler",
        name,
        wave=Wave.TRAFFIC,
        spec={
            "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": name},
            "minReplicas": replicas.minimum,
            "maxReplicas": replicas.most,
            "metrics": [replicas.target.body()],
            "behavior": {"scaleDown": {"stabilizationWindowSeconds": _LULL_SECONDS}},
        },
    )
