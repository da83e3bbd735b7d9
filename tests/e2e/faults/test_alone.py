"""Faults that everybody meets: one by one, each accepted job ends in a result or with its reason."""

from __future__ import annotations

import pytest

from tests.e2e.faults.repertoire import ALONE
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage


@pytest.mark.parametrize("scene", ALONE, ids=lambda scene: scene.name)
def test_no_accepted_job_is_lost(stage: Stage, scene: Scene) -> None:
    scene.inject(stage)
    stage.ledger.close(scene.expect)
    stage.settle()
