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

from tests.apps.beat.conftest import until
from tests.servers.process import REPOSITORY

SCHEDULED = {"analytics.daily", "backup.database", "cleanup.cache", "stats.aggregate"}


@pytest.fixture
def due(schedule):
    """Makes every task due now, as if it had not run for a year; answers when."""

    def make() -> None:
        changed = schedule.execute(
            "UPDATE beat.schedule SET last_due_at = now() - interval '366 days', last_sent_at = NULL"
        )
        assert changed.rowcount == len(SCHEDULED)

    return make


@pytest.fixture
def all_sent(schedule):
    """Waits until every task has been noted as sent since it was made due."""

    def wait(seconds: float = 60) -> None:
        unsent = "SELECT count(*) FROM beat.schedule WHERE last_sent_at IS NULL"
        until(lambda: schedule.execute(unsent).fetchone() == (0,), "every due task is sent", seconds=seconds)

    return wait


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


def synchronised(schedule) -> bool:
    return schedule.execute("SELECT count(*) FROM beat.schedule").fetchone() == (len(SCHEDULED),)


@pytest.fixture
def pair(beat, schedule):
    """Two schedulers, the one that leads first."""
    first, second = beat().start(), beat().start()
    until(lambda: first.leads != second.leads and synchronised(schedule), "one of the two leads")
    return (first, second) if first.leads else (second, first)


def test_two_schedulers_send_each_due_task_once(pair, due, all_sent, queues):
    due()
    all_sent()

    assert each_once(queues())
    leader, waiting = pair
    assert leader.metric('beat_last_sent_timestamp_seconds{task="backup.database"}')
    assert [waiting.status("/healthz"), waiting.status("/readyz")] == [200, 200]


def test_when_the_leader_is_killed_the_other_sends(pair, due, all_sent, queues):
    leader, waiting = pair
    leader.process.kill()
    due()

    all_sent(seconds=10)

    assert waiting.leads
    assert each_once(queues())


def test_a_leader_that_stands_still_is_replaced_and_sends_nothing_when_it_wakes(pair, due, all_sent, queues):
    leader, waiting = pair
    leader.process.pause()
    due()
    all_sent(seconds=20)

    leader.process.resume()
    until(lambda: not leader.leads, "the first notices that it leads no longer")
    until(lambda: leader.status("/readyz") == 200, "the first waits for the lock")

    assert waiting.leads
    assert each_once(queues())


def test_without_the_database_nothing_is_sent_and_with_it_all_that_is_due(
    pair, due, all_sent, queues, postgres, database
):
    due()
    all_sent()
    queues()
    postgres.stop()
    try:
        for each in pair:
            until(lambda each=each: not each.leads, "nobody leads without the database")
            until(lambda each=each: each.status("/readyz") == 503, "not ready without the database")
            assert each.status("/healthz") == 200
    finally:
        postgres.start()
    with database.connect("beat") as connection:
        connection.execute(
            "UPDATE beat.schedule SET last_due_at = now() - interval '3 days', last_sent_at = NULL"
        )
        until(
            lambda: (
                connection.execute("SELECT bool_and(last_sent_at IS NOT NULL) FROM beat.schedule").fetchone()
                == (True,)
            ),
            "every due task is sent",
        )

    assert each_once(queues())
    assert [each.leads for each in pair].count(True) == 1


def test_a_restart_neither_repeats_nor_forgets(beat, schedule, due, all_sent, queues):
    first = beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    assert first.process.terminate() == 0
    due()

    second = beat().start()
    all_sent()
    assert second.process.terminate() == 0
    caught_up = queues()
    third = beat().start()
    until(lambda: third.leads, "the third leads")

    assert each_once(caught_up)
    assert not set(queues()) & set(caught_up)


def test_a_full_queue_gets_its_tasks_later_and_the_other_queue_at_once(
    beat, schedule, due, all_sent, queues, rabbitmq
):
    beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    fill(rabbitmq, "sched.filler")
    due()
    unsent = "SELECT array_agg(task ORDER BY task) FROM beat.schedule WHERE last_sent_at IS NULL"
    until(
        lambda: (
            schedule.execute(unsent).fetchone() == (["backup.database", "cleanup.cache", "stats.aggregate"],)
        ),
        "the task of the queue with room is sent",
    )

    early = [each for each in queues() if each.task != "filler"]
    all_sent()

    assert each_once(early + queues())


def test_while_the_broker_is_away_nothing_is_forgotten(beat, schedule, due, all_sent, queues, rabbitmq):
    one = beat().start()
    until(lambda: synchronised(schedule), "the schedule is stored")
    rabbitmq.stop()
    try:
        due()
        until(lambda: one.status("/readyz") == 503, "not ready without the broker")
        assert one.status("/healthz") == 200
    finally:
        rabbitmq.start()

    all_sent()

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
    due()
    unsent = "SELECT array_agg(task) FROM beat.schedule WHERE last_sent_at IS NULL"
    until(lambda: schedule.execute(unsent).fetchone() == (["backup.database"],), "the others are sent")

    command("run", "backup.database")
    until(lambda: schedule.execute(unsent).fetchone() == (None,), "the paused task is sent as asked")
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
