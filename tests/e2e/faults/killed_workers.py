"""The ai-worker is killed, at each step of a job: the job goes on from there with the next worker."""

from __future__ import annotations

from collections.abc import Callable

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.substitutions import DATABASE
from tests.servers.tap import Held
from tests.servers.waiting import eventually

IDENTIFY, GENERATE = rb"ai\.classification\.identify", rb"ai\.feedback\.generate"
"""Routing keys, which stand in the messages that are published and in those that are delivered."""

ACKNOWLEDGEMENT = rb"\x01..\x00\x00\x00\x0d\x00\x3c\x00\x50"
"""A frame of AMQP 0-9-1 with the method basic.ack: type, channel, size, class 60, method 80."""


def _killed_where(hold: Callable[[Stage], Held]) -> Callable[[Stage], None]:
    """A worker is killed where `hold` stops it; the next job is accepted while there is none."""

    def inject(stage: Stage) -> None:
        held = hold(stage)
        stage.submit()
        held.wait()
        stage.kill_worker()
        stage.submit("accepted meanwhile")
        stage.start_worker()

    return inject


def _killed_while_the_model_is_asked(stage: Stage) -> None:
    """Three questions are asked; one is answered, but the worker dies before it has kept the answer."""
    held = stage.taps.redis.hold(rb"SET\r\n\$\d+\r\nanswer:")
    stage.model_waits()
    answered = stage.submit("answered")
    for _ in range(2):
        stage.submit("not answered yet")
    stage.await_questions(3)
    stage.model.waiting.call(answered.picture)
    held.wait()
    stage.kill_worker()
    stage.submit("accepted meanwhile")
    stage.model_goes_on()
    stage.start_worker()


def _killed_between_two_tasks(stage: Stage) -> None:
    held = stage.taps.amqp.hold(IDENTIFY, side="server")
    stage.submit()
    held.wait()
    eventually(lambda: stage.rabbitmq.queue_length("q.ai") == 1, "the first task is acknowledged")
    stage.kill_worker()
    stage.submit("accepted meanwhile")
    stage.start_worker()


def _killed_before_the_classification_is_saved(stage: Stage) -> None:
    with stage.postgres.connect(DATABASE) as connection, connection.transaction():
        connection.execute("LOCK TABLE waste.classifications IN EXCLUSIVE MODE")
        stage.submit()
        waiting = (
            "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'waste.classifications'::regclass"
        )
        eventually(lambda: connection.execute(waiting).fetchone() == (1,), "the worker saves")
        stage.kill_worker()
        stage.submit("accepted meanwhile")
    stage.start_worker()


def _killed_before_any_acknowledgement(stage: Stage) -> None:
    """What is sent after the first one waits behind it, so all three messages come once more."""
    held = stage.taps.amqp.hold(ACKNOWLEDGEMENT)
    job = stage.submit()
    held.wait()
    stage.await_state(job, "done")
    eventually(lambda: stage.rabbitmq.queue_length("q.ai") == 3, "its three messages are still there")
    stage.kill_worker()
    stage.submit("accepted meanwhile")
    stage.start_worker()


_ONCE = {"photo": Ends(), "accepted meanwhile": Ends()}

ALONE = [
    Scene(
        name="ai-worker killed before the download",
        inject=_killed_where(lambda stage: stage.taps.s3.hold(rb"GET /[^ ]*uploads/")),
        expect=_ONCE,
    ),
    Scene(
        name="ai-worker killed before and after an answer of the model",
        inject=_killed_while_the_model_is_asked,
        expect={
            # The one case in which an answer is paid for twice.
            "answered": Ends(asked=2, answered=2),
            "not answered yet": Ends(asked=2),
            "accepted meanwhile": Ends(),
        },
    ),
    Scene(
        name="ai-worker killed after the answer is kept, before the next task is sent",
        inject=_killed_where(lambda stage: stage.taps.amqp.hold(IDENTIFY)),
        expect=_ONCE,
    ),
    Scene(name="ai-worker killed between two tasks", inject=_killed_between_two_tasks, expect=_ONCE),
    Scene(
        name="ai-worker killed before the classification is saved",
        inject=_killed_before_the_classification_is_saved,
        expect=_ONCE,
    ),
    Scene(
        name="ai-worker killed after the classification is saved, before the last task is sent",
        inject=_killed_where(lambda stage: stage.taps.amqp.hold(GENERATE)),
        expect=_ONCE,
    ),
    Scene(
        name="ai-worker killed after the result is saved, before it is told",
        inject=_killed_where(lambda stage: stage.taps.redis.hold(rb"SET\r\n\$\d+\r\nresult:")),
        expect=_ONCE,
    ),
    Scene(
        name="ai-worker killed before any acknowledgement",
        inject=_killed_before_any_acknowledgement,
        expect=_ONCE,
    ),
]
