"""A task that fails for good: told by its worker, kept by the collector, replayed by the operator."""

from __future__ import annotations

import json

import pytest

from tests.e2e.operator_actions import figure, send
from tests.servers.waiting import eventually

TASK = {"queue": "q.batch", "task": "report.generate"}
COMMAND = ("python", "-m", "apps.dead_letters")


@pytest.fixture
def letter(cluster, rabbitmq):
    """A dead letter: the report of a period that there is not."""
    task_id = send(rabbitmq.url, "batch.report.generate", "report.generate", {"period": "never"})

    def stored():
        return [each for each in letters(cluster) if each["task_id"] == task_id]

    eventually(stored, "the letter is stored")
    return stored()[0]


def letters(cluster):
    return json.loads(cluster.pod("dlq-collector").run(*COMMAND, "list", "--json"))


def test_a_task_that_fails_for_good_is_kept_with_its_cause(cluster, rabbitmq, letter):
    assert (letter["queue"], letter["task"]) == ("q.batch", "report.generate")
    assert letter["state"] == "stored"
    assert "never" in cluster.pod("dlq-collector").run(*COMMAND, "show", str(letter["id"]))
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 0, "the collector has acknowledged")


def test_it_shows_in_the_metrics(cluster, letter):
    assert figure(cluster, "celery_task_failures_total", **TASK) >= 1
    assert figure(cluster, "dead_letters_total", **TASK) >= 1


def test_the_operator_replays_it(cluster, letter):
    before = figure(cluster, "celery_task_failures_total", **TASK)
    cluster.pod("dlq-collector").run(*COMMAND, "replay", "--task", "report.generate")
    eventually(
        lambda: figure(cluster, "celery_task_failures_total", **TASK) > before, "the task has failed again"
    )
    assert letter["id"] not in {each["id"] for each in letters(cluster) if each["state"] == "stored"}
