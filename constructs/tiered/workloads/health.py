"""How a container tells the kubelet that it has started, is alive and is ready: over HTTP, at no cost."""

from __future__ import annotations

from dataclasses import dataclass

from tiered.manifest import Body


@dataclass(frozen=True, kw_only=True)
class Health:
    """HTTP probes on a named port.

    `/healthz` says that the process itself makes progress, and asks nothing of its neighbours: else
    a store that is away for a minute restarts everything that uses it. `/readyz` says that it can
    do its work now.

    Args:
        port: name of the container port that answers both.
        startup_seconds: how long the program may take until it first answers.
        stuck_seconds: how long it may stay silent before it is restarted.
        timeout_seconds: how long one answer may take.
        stuck_grace_seconds: how long a silent program gets to end; None is the pod's own grace period,
            which for a worker is as long as its longest task.
    """

    port: str
    startup_seconds: int = 60
    stuck_seconds: int = 30
    timeout_seconds: int = 3
    stuck_grace_seconds: int | None = None

    @property
    def startup(self) -> Body:
        period = 2
        return self._probe("/healthz", period=period, failures=-(-self.startup_seconds // period))

    @property
    def readiness(self) -> Body:
        return self._probe("/readyz", period=5, failures=2)

    @property
    def liveness(self) -> Body:
        failures = 3
        probe = self._probe("/healthz", period=max(1, self.stuck_seconds // failures), failures=failures)
        if self.stuck_grace_seconds is not None:
            probe["terminationGracePeriodSeconds"] = self.stuck_grace_seconds
        return probe

    def _probe(self, path: str, *, period: int, failures: int) -> Body:
        return {
            "httpGet": {"path": path, "port": self.port},
            "periodSeconds": period,
            "timeoutSeconds": self.timeout_seconds,
            "failureThreshold": failures,
        }
