"""The one process that sends scheduled tasks."""

from __future__ import annotations

from constructs import Construct

from tiered.origin import Origin
from tiered.workloads.autoscaling import Replicas
from tiered.workloads.background import HEALTH_PORT, HEALTH_PORT_NAME, background_health
from tiered.workloads.deployment import Workload
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program


class CeleryBeat(Workload):
    """A Deployment of `celery beat`, which exposes the port `metrics` as workers do.

    The old pod is gone before the new one starts (Recreate), without autoscaler and budget: two schedulers
    send everything twice. That alone does not rule two out (a node that is cut off keeps its
    pod running), so the program holds a lock as well; a pod that waits for the lock is healthy.

    Args:
        program: its command is `celery -A APP beat` with the scheduler and its lock.
        replicas: more than 1 is built as asked; to judge that is the policies' business.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        program: Program,
        placement: Placement,
        replicas: int = 1,
        metrics_port: int = HEALTH_PORT,
        startup_seconds: int = 60,
        origin: Origin | None = None,
    ) -> None:
        super().__init__(
            scope,
            id,
            role="scheduler",
            program=program,
            placement=placement,
            replicas=Replicas(minimum=replicas),
            rollout=None,
            health=background_health(startup_seconds=startup_seconds),
            ports={HEALTH_PORT_NAME: metrics_port},
            grace_seconds=30,
            origin=origin,
        )
