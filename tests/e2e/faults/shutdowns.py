"""SIGTERM under load, as with every update: what is begun is ended, what is not goes to others."""

from __future__ import annotations

import signal
import time
from concurrent.futures import ThreadPoolExecutor

from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.faults.upload import Upload

_PHOTOS = 20
"""Fewer than one user may announce in a minute."""

_PACE_SECONDS = 0.2


def _worker_replaced(stage: Stage) -> None:
    """A worker with four jobs under way is to end; two more wait, and are for the next one."""
    stage.model_waits()
    for _ in range(6):
        stage.submit()
    stage.await_questions(4)
    leaving = stage.worker
    leaving.delete()
    stage.cluster.remove(leaving)
    stage.start_worker()
    stage.await_questions(6)
    stage.model_goes_on()
    assert leaving.process.wait(seconds=60) == 0


def _service_replaced(stage: Stage) -> None:
    """A replica of waste-service is replaced while photos come in: no app notices."""
    leaving = stage.cluster.pod("waste-service")
    stage.cluster.add("waste-service").wait_ready()
    uploads: list[Upload] = []
    with ThreadPoolExecutor(1) as kubelet:
        deleted = kubelet.submit(leaving.delete)
        while not deleted.done() or leaving.process.running:
            if len(uploads) < _PHOTOS:
                uploads.append(stage.upload())
                assert stage.complete(uploads[-1]).status_code == 202
            stage.state(uploads[-1])
            time.sleep(_PACE_SECONDS)
        deleted.result()
    stage.cluster.remove(leaving)
    # uvicorn raises the signal again once everything is answered.
    assert leaving.process.exit_code == -signal.SIGTERM


SIDE_BY_SIDE = [Scene(name="SIGTERM to a waste-service under load", inject=_service_replaced)]
ALONE = [Scene(name="SIGTERM to an ai-worker under load", inject=_worker_replaced)]
