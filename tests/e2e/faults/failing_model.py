"""The model refuses, fails, writes nonsense or says nothing."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.servers.model_answers import Mode


def _answers(mode: Mode, *, times: int | None = 1) -> Callable[[Stage], None]:
    """The model answers so, `times` times or always."""

    def inject(stage: Stage) -> None:
        upload = stage.upload()
        switches = stage.model.about(upload.picture)
        switches.mode, switches.times = mode, times
        stage.complete_at_last(upload)

    return inject


def _asks_to_be_left_alone(stage: Stage) -> None:
    """Who comes while the model wants to be left alone does not ask it."""
    switches = stage.model.switches
    switches.mode, switches.times, switches.retry_after = "rate-limited", 1, "3"
    stage.await_answer(stage.submit("refused"))
    for _ in range(2):
        stage.submit("comes after")


SIDE_BY_SIDE = [
    Scene(name="model answers 500 once", inject=_answers("error"), expect={"photo": Ends(asked=2)}),
    Scene(
        name="model answers 500 every time",
        inject=_answers("error", times=None),
        expect={"photo": Ends(reason="model-unavailable", asked=4, answered=0, letters=1)},
    ),
    Scene(
        name="model answers garbage once",
        inject=_answers("garbage"),
        expect={"photo": Ends(asked=2, answered=2)},
    ),
    Scene(
        name="model answers garbage every time",
        inject=_answers("garbage", times=None),
        expect={"photo": Ends(reason="model-answer-invalid", asked=2, answered=2)},
    ),
    Scene(name="model closes the connection", inject=_answers("closed"), expect={"photo": Ends(asked=2)}),
    Scene(name="model says nothing", inject=_answers("hang"), expect={"photo": Ends(asked=2)}),
]

ALONE = [
    Scene(
        name="model answers 429 with Retry-After",
        inject=_asks_to_be_left_alone,
        expect={"refused": Ends(asked=2), "comes after": Ends()},
    ),
]
