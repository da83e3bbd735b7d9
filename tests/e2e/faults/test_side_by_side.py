"""Faults that nobody else may notice: all at once, each accepted job ends in a result or with its reason."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from tests.e2e.faults.repertoire import SIDE_BY_SIDE
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.manifests import Object

if TYPE_CHECKING:
    from collections.abc import Callable

_MODEL_SECONDS = "8"


@pytest.fixture(scope="module")
def played(make_stage: Callable[[], Stage]) -> Iterator[Mapping[str, Future[Stage]]]:
    """The scenes by name, under way: most of their time is waiting, which they do together."""
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


def _impatient(deployment: Object) -> None:
    """Have the worker wait for the model for seconds only, as in one scene the model says nothing."""
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    container["env"].append({"name": "OPENAI_TIMEOUT_SECONDS", "value": _MODEL_SECONDS})


@pytest.mark.parametrize("scene", SIDE_BY_SIDE, ids=lambda scene: scene.name)
def test_nobody_else_notices(played: Mapping[str, Future[Stage]], scene: Scene) -> None:
    stage = played[scene.name].result()
    stage.ledger.close(scene.expect)
    stage.settle()
