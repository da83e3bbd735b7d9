"""Whatever breaks: each accepted job ends in a result or in a failure with its reason, none lost, none twice."""

from __future__ import annotations

import pytest

from tests.e2e.faults import broker, failing_model, killed_workers, stores
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage

SCENES = [*killed_workers.SCENES, *broker.SCENES, *stores.SCENES, *failing_model.SCENES]


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_every_accepted_job_ends(stage: Stage, scene: Scene) -> None:
    scene.inject(stage)
    stage.ledger.close(scene.expect)
    stage.settle()
