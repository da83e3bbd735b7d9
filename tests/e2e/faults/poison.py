"""A message that kills its worker each time ends with the dead letters, and takes nobody with it."""

from __future__ import annotations

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.faults.upload import Upload
from tests.servers.tap import Held

_LIMIT = 2
"""Redeliveries before a message is given up. The delivered limit is 20, which tests/servers/test_topology.py
reaches; that takes a minute and more when each one ends a whole worker."""


def _poison(stage: Stage) -> None:
    """Whoever downloads one of three photos dies; at the first time the others are in the same worker."""
    poison = stage.upload("poison")
    neighbours = [stage.upload("neighbour") for _ in range(2)]
    with stage.queue_policy(**{"delivery-limit": _LIMIT}):
        downloads = [_download(stage, each) for each in (poison, *neighbours)]
        for each in (poison, *neighbours):
            stage.complete_at_last(each)
        for download in downloads:
            download.wait()
        stage.kill_worker()
        for _ in range(_LIMIT):
            download = _download(stage, poison)
            stage.start_worker()
            download.wait()
            for each in neighbours:
                stage.await_state(each, "done")
            stage.kill_worker()
        stage.start_worker()
        stage.await_state(poison, "failed")


def _download(stage: Stage, upload: Upload) -> Held:
    return stage.taps.s3.hold(f"GET /[^ ]*uploads/{upload.job}".encode())


ALONE = [
    Scene(
        name="poison message",
        inject=_poison,
        expect={
            "poison": Ends(reason="task-delivery-limit", asked=0, answered=0, letters=1),
            "neighbour": Ends(),
        },
    )
]
