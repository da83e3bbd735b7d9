"""waste-service is killed while it accepts a job: its app gets no answer, asks again, and has one job."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.faults.taps import ACKNOWLEDGEMENT, ANALYZE
from tests.servers.tap import Held

_LOCK_MILLISECONDS = 30_000
"""How long at most a dead replica keeps others from accepting the same job."""


def _killed_where(hold: Callable[[Stage], Held]) -> Callable[[Stage], None]:
    """All replicas are killed, when `hold` has stopped the one that accepts."""

    def inject(stage: Stage) -> None:
        upload = stage.upload()
        held = hold(stage)
        with ThreadPoolExecutor(1) as app:
            answer = app.submit(stage.complete, upload)
            held.wait()
            replicas = stage.kill("waste-service")
            assert answer.result().status_code == 502
        for pod in [stage.cluster.add("waste-service") for _ in range(replicas)]:
            pod.wait_ready()
        with stage.redis.client() as client:  # the lock goes by itself, which need not be waited for
            lock = f"lock:accept:{upload.job}"
            assert 0 < client.pttl(lock) <= _LOCK_MILLISECONDS
            client.delete(lock)
        stage.complete_at_last(upload)

    return inject


ALONE = [
    Scene(
        name="waste-service killed after a job is stored, before it is published",
        inject=_killed_where(lambda stage: stage.taps.submissions.hold(ANALYZE)),
    ),
    Scene(
        name="waste-service killed after a job is published, before it knows",
        inject=_killed_where(lambda stage: stage.taps.submissions.hold(ACKNOWLEDGEMENT, side="server")),
    ),
]
