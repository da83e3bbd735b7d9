"""A Celery worker: consumes some queues, and finishes what it has begun before it goes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from constructs import Construct

from tiered.errors import TieredError
from tiered.origin import Origin
from tiered.workloads.autoscaling import ONE, Replicas
from tiered.workloads.background import HEALTH_PORT, HEALTH_PORT_NAME, background_health
from tiered.workloads.deployment import Workload
from tiered.workloads.pod import Placement
from tiered.workloads.program import Program
from tiered.workloads.rollout import ROOM_FIRST, Rollout

Pool = Literal["prefork", "gevent", "eventlet", "threads", "solo"]

# After the last task: its result, its acknowledgement and the closing of connections.
_FAREWELL_SECONDS = 30
_OURS = {"--pool", "-P", "--concurrency", "-c", "--queues", "-Q", "--hostname", "-n", "--prefetch-multiplier"}


class CeleryWorker(Workload):
    """A Deployment of Celery workers; they expose the port `metrics`, see :mod:`tiered.workloads.background`.

    On SIGTERM Celery finishes the running tasks, so the grace period is the longest of them
    (`time_limit_seconds`) and 30 s. One message for each process or greenlet is prefetched: what waits,
    waits in the queue, where other workers and the autoscaler's metric see it.

    Pool and queues stand on the command line because gevent must patch the standard library before
    anything else is imported. Gossip, mingle and event heartbeats are off: nobody reads them, and the
    worker's broker account then needs no right on their exchange.

    Args:
        program: its command is `celery -A APP worker`, with any options that are not derived here.
        pool: how tasks run beside each other.
        concurrency: how many at once in one pod.
        queues: what they consume, and nothing else.
        time_limit_seconds: of the longest task.
        replicas: fixed, or a range with an ExternalTarget on a queue's length.

    Raises:
        TieredError: no queue, a concurrency that the pool cannot have, or a command that is not a
            worker's or repeats a derived option.
    """

    def __init__(
        self,
        scope: Construct,
        id: str,  # noqa: A002 - the name that constructs give it
        *,
        program: Program,
        placement: Placement,
        pool: Pool,
        concurrency: int,
        queues: Sequence[str],
        time_limit_seconds: int,
        replicas: Replicas = ONE,
        rollout: Rollout = ROOM_FIRST,
        metrics_port: int = HEALTH_PORT,
        startup_seconds: int = 120,
        origin: Origin | None = None,
    ) -> None:
        if not queues:
            raise TieredError(f"{id!r} names no queue, and Celery would consume its default one: give queues")
        if concurrency < 1 or (pool == "solo" and concurrency != 1):
            raise TieredError(
                f"{id!r}: a {pool} pool cannot run {concurrency} tasks at once; write 1 or change pool"
            )
        if "worker" not in program.command:
            raise TieredError(
                f"{id!r}: its command must be `celery -A APP worker …`, not {' '.join(program.command)!r}"
            )
        if twice := sorted(_OURS & {word.partition("=")[0] for word in program.command}):
            raise TieredError(f"{id!r}: {', '.join(twice)} is derived; take it out of the command")
        super().__init__(
            scope,
            id,
            role="worker",
            program=program,
            placement=placement,
            replicas=replicas,
            rollout=rollout,
            health=background_health(startup_seconds=startup_seconds),
            ports={HEALTH_PORT_NAME: metrics_port},
            options=[
                *("--pool", pool),
                *("--concurrency", str(concurrency)),
                *("--queues", ",".join(queues)),
                *("--hostname", f"{id}@%h"),
                *("--prefetch-multiplier", "1"),
                "--without-gossip",
                "--without-mingle",
                "--without-heartbeat",
            ],
            grace_seconds=time_limit_seconds + _FAREWELL_SECONDS,
            origin=origin,
        )
