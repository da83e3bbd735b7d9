"""How a process that serves no requests shows that it is well."""

from __future__ import annotations

from tiered.workloads.health import Health

HEALTH_PORT = 9090
HEALTH_PORT_NAME = "metrics"


def background_health(*, startup_seconds: int) -> Health:
    """Probes on the port `metrics`, which answers `/metrics`, `/healthz` and `/readyz`.

    A thread or greenlet of the process answers, so that a probe costs nothing; commands such as
    `celery inspect ping` start a second interpreter each time, half a second of CPU. To be honest,
    `/healthz` fails when the consuming loop has not turned for a while, and `/readyz` without a broker.
    Patience is longer than for an API: a task may keep a greenlet hub busy, and nobody waits.
    """
    return Health(
        port=HEALTH_PORT_NAME,
        startup_seconds=startup_seconds,
        stuck_seconds=60,
        timeout_seconds=5,
        stuck_grace_seconds=30,
    )
