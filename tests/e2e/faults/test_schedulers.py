"""Two schedulers at once, as when a node is cut off: each due task is sent once, whoever lives."""

from __future__ import annotations

import json
import uuid
from collections import Counter
from collections.abc import Iterator
from functools import partial

import amqp
import pytest

from tests.e2e.faults.stage import Stage
from tests.e2e.monitors import scrape
from tests.e2e.pod import Pod
from tests.e2e.substitutions import DATABASE
from tests.servers.waiting import eventually


class Sent:
    """Copies of all messages of scheduled tasks from now on, by a queue of the test's own."""

    def __init__(self, channel: amqp.Channel, keys: set[str]) -> None:
        self._channel = channel
        self._queue = f"copies-{uuid.uuid4()}"
        channel.queue_declare(self._queue, exclusive=True)
        for key in keys:
            channel.queue_bind(self._queue, "tasks", key)

    def take(self) -> Counter[tuple[str, str]]:
        """Task and message id of what was sent since the last time, counted."""
        found: Counter[tuple[str, str]] = Counter()
        while (message := self._channel.basic_get(self._queue, no_ack=True)) is not None:
            headers = message.headers or {}
            found[headers["task"], headers["id"]] += 1
        return found


@pytest.fixture
def tasks(stage: Stage) -> dict[str, str]:
    """The tasks that have a schedule, with their routing keys."""
    found = stage.cluster.node.manifests.get("ConfigMap", "default", "messaging", asked_by="the test")
    queues = json.loads(found["data"]["messaging.json"])["queues"].values()
    return {
        name: task["routing_key"]
        for each in queues
        for name, task in each["tasks"].items()
        if task["schedule"]
    }


@pytest.fixture
def sent(stage: Stage, tasks: dict[str, str]) -> Iterator[Sent]:
    with stage.rabbitmq.connect() as connection:
        yield Sent(connection.channel(), set(tasks.values()))


@pytest.fixture
def pair(stage: Stage) -> tuple[Pod, Pod]:
    """Two schedulers: the one that sends, and the one that waits."""
    first, second = stage.cluster.pod("celery-beat"), stage.cluster.add("celery-beat")
    second.wait_ready()
    eventually(lambda: leads(stage, first) != leads(stage, second), "one of the two leads")
    return (first, second) if leads(stage, first) else (second, first)


def leads(stage: Stage, pod: Pod) -> bool:
    (scraped,) = scrape(stage.cluster.node.manifests, [pod])
    return scraped.sum("beat_is_leader") == 1


def is_empty(stage: Stage, queue: str) -> bool:
    return stage.rabbitmq.queue_length(queue) == 0


def all_due_are_sent(stage: Stage) -> None:
    """Make every task due, as if none had been sent for a year, and wait until all are noted as sent."""
    with stage.postgres.connect(DATABASE) as connection:
        connection.execute(
            "UPDATE beat.schedule SET last_due_at = now() - interval '366 days', last_sent_at = NULL"
        )
        unsent = "SELECT count(*) FROM beat.schedule WHERE last_sent_at IS NULL"
        eventually(lambda: connection.execute(unsent).fetchone() == (0,), "all is sent", seconds=60)


def test_each_due_task_is_sent_once_and_the_second_takes_over(
    stage: Stage, pair: tuple[Pod, Pod], sent: Sent, tasks: dict[str, str]
) -> None:
    leader, waiting = pair
    all_due_are_sent(stage)
    first = sent.take()
    leader.kill()
    stage.cluster.remove(leader)
    all_due_are_sent(stage)
    second = sent.take()

    for runs in (first, second):
        assert {task for task, _ in runs} == set(tasks)
        assert set(runs.values()) == {1}
    assert leads(stage, waiting)
    for queue in ("q.batch", "q.sched"):
        eventually(partial(is_empty, stage, queue), "the tasks are done", seconds=120)
    stage.settle()
