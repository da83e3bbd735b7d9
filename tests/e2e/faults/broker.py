"""The broker goes, or is full: what it had confirmed is still there, and what it does not take is told."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import BUSY, Stage

_MOST = 60
"""More jobs than a queue of a few messages and the workers can take together."""


def _restarted_with_messages_in_flight(end: Callable[[Stage], None]) -> Callable[[Stage], None]:
    """More jobs than the worker has room for; the model answers some of them while there is no broker."""

    def inject(stage: Stage) -> None:
        stage.model_waits()
        for _ in range(6):
            stage.submit()
        stage.await_questions(4)
        late = stage.upload("offered without a broker")
        end(stage)
        stage.refuse(late, code="busy")
        stage.model_goes_on()
        stage.rabbitmq.start()
        stage.complete_at_last(late)

    return inject


def _full(stage: Stage) -> None:
    stage.model_waits()
    with stage.queue_policy(**{"max-length": 3}):
        stage.submit()
        stage.await_questions(1)
        for _ in range(_MOST):
            upload = stage.upload()
            if stage.complete(upload).status_code == BUSY:
                break
        stage.refuse(upload, code="busy")
        assert stage.state(upload) == "awaiting-upload"
        stage.model_goes_on()
        stage.complete_at_last(upload)


ALONE = [
    Scene(
        name="RabbitMQ restarted with messages in flight",
        inject=_restarted_with_messages_in_flight(lambda stage: stage.rabbitmq.stop()),
        expect={"photo": Ends(), "offered without a broker": Ends()},
    ),
    Scene(
        name="RabbitMQ killed with messages in flight",
        inject=_restarted_with_messages_in_flight(lambda stage: stage.rabbitmq.kill()),
        expect={"photo": Ends(), "offered without a broker": Ends()},
    ),
    Scene(name="queue full", inject=_full),
]
