"""A process that consumes messages without being a Celery worker, such as a collector of dead letters."""

from __future__ import annotations

from constructs import Construct

from tiered.origin import Origin
from tiered.workloads.autoscaling import ONE, Replicas
from tiered.workloads.background import HEALTH_PORT, HEALTH_PORT_NAME, background_health
from tiered.workloads.deployment import Workload
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program
from tiered.workloads.rollout import ROOM_FIRST, Rollout


class Consumer(Workload):
    """A Deployment that exposes the port `metrics`, see :mod:`tiered.workloads.background`.

    Args:
        grace_seconds: from SIGTERM on, for the message in hand: unacknowledged it would come again.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        program: Program,
        placement: Placement,
        replicas: Replicas = ONE,
        rollout: Rollout = ROOM_FIRST,
        metrics_port: int = HEALTH_PORT,
        startup_seconds: int = 60,
        grace_seconds: int = 30,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role="consumer",
            program=program,
            placement=placement,
            replicas=replicas,
            rollout=rollout,
            health=background_health(startup_seconds=startup_seconds),
            ports={HEALTH_PORT_NAME: metrics_port},
            grace_seconds=grace_seconds,
            origin=origin,
        )
