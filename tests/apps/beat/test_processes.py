"""Schedulers on real servers: each run is sent once, whatever dies."""

from __future__ import annotations

import os
import subprocess
import sys
import uuid
from collections import Counter

import amqp
import psycopg
import pytest

from tests.apps.beat.conftest import Beat, until
from tests.servers.process import REPOSITORY

SCHEDULED = {"analytics.daily", "backup.database", "cleanup.cache", "stats.aggregate"}


class Due:
    """Makes every task due now, as if it had not run for a year, and waits until all are noted as sent."""

    def __init__(self, schedule) -> None:
        self._schedule = schedule

    def make(self) -> None:
        changed = self._schedule.execute(
            "UPDATE beat.schedule SET last_due_at = now() - interval '366 days', last_sent_at = NULL"
        )
        assert changed.rowcount == len(SCHEDULED)

    def unsent(self) -> set[str]:
        found = self._schedule.execute("SELECT task FROM beat.schedule WHERE last_sent_at IS NULL")
        return {task for (task,) in found.fetchall()}

    def wait_sent(self, *, seconds: float = 60) -> None:
        until(lambda: not self.unsent(), "every due task is sent", seconds=seconds)


@pytest.fixture
def due(schedule) -> Due:
    return Due(schedule)


def each_once(sent) -> bool:
    """Every task, and no run twice; a run that falls due by the clock meanwhile is another one."""
    assert [run for run, times in Counter(sent).items() if times > 1] == []
    return {run.task for run in sent} == SCHEDULED


def fill(rabbitmq, routing_key: str) -> None:
    """Publish until the queue refuses one more."""
    login = {"userid": "admin", "password": rabbitmq.environment("admin")["RABBITMQ_PASSWORD"]}
    with amqp.Connection(
        host=f"{rabbitmq.host}:{rabbitmq.port}", confirm_publish=True, **login
    ) as connection:
        channel = connection.channel()
        while True:
            message = amqp.Message("{}", application_headers={"task": "filler", "id": str(uuid.uuid4())})
            try:
                channel.basic_publish_confirm(message, "tasks", routing_key, confirm_timeout=5)
            except amqp.exceptions.MessageNacked:
                return


def without_database(beat: Beat) -> None:
    until(lambda: not beat.leads, "nobody leads without the database")
    until(lambda: beat.status("/readyz") == 503, "not ready without the database")
    assert beat.status("/healthz") == 200


def synchronised(schedule) -> bool:
    (stored,) = schedule.execute("SELECT count(*) FROM beat.schedule").fetchone()
    return int(stored) == len(SCHEDULED)


@pytest.fixture
def pair(beat, schedule):
    """Two schedulers, the one that leads first."""
    first, second = beat().start(), beat().start()
    until(lambda: first.leads != second.leads and synchronised(schedule), "one of the two leads")
    return (first, second) if first.leads else (second, first)


def test_two_schedulers_send_each_due_task_once(pair, due, queues):
    due.make()
    due.wait_sent()

    assert each_once(queues())
    leader, waiting = pair
    assert leader.metric('beat_last_sent_timestamp_seconds{task="backup.database"}')
    assert [waiting.status("/healthz"), waiting.status("/readyz")] == [200, 200]


def test_when_the_leader_is_killed_the_other_sends(pair, due, queues):
    leader, waiting = pair
    leader.process.kill()
    due.make()

    due.wait_sent(seconds=10)

    assert waiting.leads
    assert each_once(queues())


def test_a_leader_that_stands_still_is_replaced_and_sends_nothing_when_it_wakes(pair, due, queues):
    leader, waiting = pair
    leader.process.pause()
    due.make()
    due.wait_sent(seconds=20)

    leader.process.resume()
    until(lambda: not leader.leads, "the first notices that it leads no longer")
    until(lambda: leader.status("/readyz") == 200, "the first waits for the lock")

    assert waiting.leads
    assert each_once(queues())


def test_without_the_database_nothing_is_sent_and_with_it_all_that_is_due(
    pair, due, queues, postgres, database
):
    due.make()
    due.wait_sent()
    queues()
    postgres.stop()
    try:
        for each in pair:
            without_database(each)
    finally:
        postgres.start()
    with database.connect("beat") as connection:
        again = Due(connection)
        again.make()
        again.wait_sent()

    assert each_once(queues())
    assert [each.leads for each in pair].count(True) == 1


def test_a_restart_neither_repeats_nor_forgets(beat, schedule, due, queues):
    first = beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    assert first.process.terminate() == 0
    due.make()

    second = beat().start()
    due.wait_sent()
    assert second.process.terminate() == 0
    caught_up = queues()
    third = beat().start()
    until(lambda: third.leads, "the third leads")

    assert each_once(caught_up)
    assert not set(queues()) & set(caught_up)


def test_a_full_queue_gets_its_tasks_later_and_the_other_queue_at_once(beat, schedule, due, queues, rabbitmq):
    beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    fill(rabbitmq, "sched.filler")
    due.make()
    until(
        lambda: due.unsent() == {"backup.database", "cleanup.cache", "stats.aggregate"},
        "the task of the queue with room is sent",
    )

    early = [each for each in queues() if each.task != "filler"]
    due.wait_sent()

    assert each_once(early + queues())


def test_while_the_broker_is_away_nothing_is_forgotten(beat, schedule, due, queues, rabbitmq):
    one = beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    rabbitmq.stop()
    try:
        due.make()
        until(lambda: one.status("/readyz") == 503, "not ready without the broker")
        assert one.status("/healthz") == 200
    finally:
        rabbitmq.start()

    due.wait_sent()

    assert each_once(queues())
    assert one.status("/readyz") == 200


def test_an_operator_pauses_resumes_and_runs_a_task(beat, schedule, due, environment, queues):
    def command(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "apps.beat.schedule", *arguments],
            env=environment | {"PATH": os.environ["PATH"]},
            cwd=REPOSITORY,
            text=True,
            capture_output=True,
            timeout=60,
            check=False,
        )

    beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    assert "paused" in command("pause", "backup.database").stdout
    due.make()
    until(lambda: due.unsent() == {"backup.database"}, "the others are sent")

    command("run", "backup.database")
    until(lambda: not due.unsent(), "the paused task is sent as asked")
    before = {run.task for run in queues()}
    resumed = command("resume", "backup.database").stdout

    assert before == SCHEDULED
    assert "next " in resumed
    assert "02:00:00+09:00" in resumed
    assert command("list").stdout.count("\n") == len(SCHEDULED)
    unknown = command("run", "coffee.make")
    assert unknown.returncode == 1
    assert "it has analytics.daily, backup.database" in unknown.stderr


def test_another_role_cannot_change_the_schedule(schedule, database):
    with (
        database.connect("waste") as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute("UPDATE beat.schedule SET paused = true")
