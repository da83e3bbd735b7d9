"""Two schedulers at once, as when a node is cut off: each due task is sent once, whoever lives."""

from __future__ import annotations

import json
import uuid
from collections import Counter

import amqp

from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import Stage
from tests.e2e.monitors import scrape
from tests.e2e.pod import Pod
from tests.e2e.substitutions import DATABASE
from tests.servers.waiting import eventually


class Sent:
    """Copies of all messages of these tasks from now on, by a queue of the test's own."""

    def __init__(self, channel: amqp.Channel, tasks: dict[str, str]) -> None:
        self._channel = channel
        self._tasks = tasks
        self._queue = f"copies-{uuid.uuid4()}"
        channel.queue_declare(self._queue, exclusive=True)
        for key in tasks.values():
            channel.queue_bind(self._queue, "tasks", key)

    def each_once(self) -> bool:
        """Whether since the last time each task was sent, and no run of one twice."""
        runs: Counter[tuple[str, str]] = Counter()
        while (message := self._channel.basic_get(self._queue, no_ack=True)) is not None:
            headers = message.headers or {}
            runs[headers["task"], headers["id"]] += 1
        return {task for task, _ in runs} == set(self._tasks) and set(runs.values()) == {1}


def _two_at_once(stage: Stage) -> None:
    """Both live; then the one that sends is killed, and the other takes over."""
    first, second = stage.cluster.pod("celery-beat"), stage.cluster.add("celery-beat")
    second.wait_ready()
    eventually(lambda: _leads(stage, first) != _leads(stage, second), "one of the two leads", seconds=60)
    leader, waiting = (first, second) if _leads(stage, first) else (second, first)
    with stage.rabbitmq.connect() as connection:
        sent = Sent(connection.channel(), _scheduled(stage))
        _send_all(stage)
        assert sent.each_once()
        leader.kill()
        stage.cluster.remove(leader)
        _send_all(stage)
        assert sent.each_once()
    assert _leads(stage, waiting)
    for queue in ("q.batch", "q.sched"):
        stage.await_empty(queue)


def _scheduled(stage: Stage) -> dict[str, str]:
    """The tasks that have a schedule, with their routing keys."""
    found = stage.cluster.node.manifests.get("ConfigMap", "default", "messaging", asked_by="the scene")
    queues = json.loads(found["data"]["messaging.json"])["queues"].values()
    return {
        name: task["routing_key"]
        for each in queues
        for name, task in each["tasks"].items()
        if task["schedule"]
    }


def _leads(stage: Stage, pod: Pod) -> bool:
    (scraped,) = scrape(stage.cluster.node.manifests, [pod])
    return scraped.sum("beat_is_leader") == 1


def _send_all(stage: Stage) -> None:
    """Make every task due, as if none had been sent for a year, and wait until all are noted as sent."""
    with stage.postgres.connect(DATABASE) as connection:
        connection.execute(
            "UPDATE beat.schedule SET last_due_at = now() - interval '366 days', last_sent_at = NULL"
        )
        unsent = "SELECT count(*) FROM beat.schedule WHERE last_sent_at IS NULL"
        eventually(lambda: connection.execute(unsent).fetchone() == (0,), "all is sent", seconds=60)


ALONE = [Scene(name="two schedulers, of which the one that sends dies", inject=_two_at_once, expect={})]
