"""Whatever breaks: each accepted job ends in a result or a failure with its reason, none lost, none twice."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Future

import pytest

from tests.e2e.faults.repertoire import OF_ALL, OF_ONE_JOB
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage


@pytest.mark.parametrize("scene", OF_ONE_JOB, ids=lambda scene: scene.name)
def test_a_fault_of_one_job(played: Mapping[str, Future[Stage]], scene: Scene) -> None:
    stage = played[scene.name].result()
    stage.ledger.close(scene.expect)
    stage.settle()


@pytest.mark.parametrize("scene", OF_ALL, ids=lambda scene: scene.name)
def test_a_fault_that_everybody_meets(stage: Stage, scene: Scene) -> None:
    scene.inject(stage)
    stage.ledger.close(scene.expect)
    stage.settle()
