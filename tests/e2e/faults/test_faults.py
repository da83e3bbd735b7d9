"""Whatever breaks: each accepted job ends in a result or a failure with its reason, none lost, none twice."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.e2e.faults.repertoire import ALONE, SIDE_BY_SIDE
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.manifests import Object

_MODEL_SECONDS = "8"


class TestNobodyElseNotices:
    """Faults of one job, or with all going on around them; played at once, for a scene is mostly waiting."""

    @pytest.fixture(scope="class")
    @staticmethod
    def played(make_stage: Callable[[], Stage]) -> Iterator[Mapping[str, Future[Stage]]]:
        """The scenes by name, under way."""
        stages = {scene.name: make_stage() for scene in SIDE_BY_SIDE}

        def play(scene: Scene) -> Stage:
            stage = stages[scene.name]
            scene.inject(stage)
            return stage

        platform = make_stage()
        platform.replace_worker(_impatient)
        with ThreadPoolExecutor(len(SIDE_BY_SIDE)) as threads:
            yield {scene.name: threads.submit(play, scene) for scene in SIDE_BY_SIDE}
        for stage in stages.values():
            stage.leave()
        platform.replace_worker()
        platform.strike()

    @pytest.mark.parametrize("scene", SIDE_BY_SIDE, ids=lambda scene: scene.name)
    def test_and_no_job_is_lost(self, played: Mapping[str, Future[Stage]], scene: Scene) -> None:
        stage = played[scene.name].result()
        stage.settle()
        stage.ledger.close(scene.expect)


def _impatient(deployment: Object) -> None:
    """Have the worker wait for the model for seconds only, as in one scene the model says nothing."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "OPENAI_TIMEOUT_SECONDS", "value": _MODEL_SECONDS})


@pytest.mark.parametrize("scene", ALONE, ids=lambda scene: scene.name)
def test_everybody_meets_it_and_no_job_is_lost(stage: Stage, scene: Scene) -> None:
    scene.inject(stage)
    stage.settle()
    stage.ledger.close(scene.expect)
