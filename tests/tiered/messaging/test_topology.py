from __future__ import annotations

from dataclasses import replace

import pytest

from tiered.errors import TieredError


def test_the_apps_read_the_limits_and_schedules_of_every_queue(topology):
    document = topology.document()

    assert document["exchange"] == "tasks"
    assert document["dead_letter"] == {"exchange": "dlx", "queue": "q.dlq", "routing_key": "q.dlq"}
    assert document["timezone"] == "Asia/Seoul"
    assert document["queues"] == {
        "q.ai": {
            "priority": 10,
            "binding": "ai.#",
            "max_length": 5000,
            "ttl_seconds": 300,
            "retries": 3,
            "time_limit_seconds": 300,
            "tasks": {"image.analyze": {"routing_key": "ai.image.analyze", "seconds": 3.5, "schedule": None}},
        },
        "q.sched": {
            "priority": 3,
            "binding": "sched.#",
            "max_length": 500,
            "ttl_seconds": None,
            "retries": 0,
            "time_limit_seconds": 600,
            "tasks": {
                "backup.database": {
                    "routing_key": "sched.backup.database",
                    "seconds": 60,
                    "schedule": "0 2 * * *",
                }
            },
        },
    }


def test_the_longest_task_is_that_of_the_most_patient_queue(topology):
    assert topology.longest_seconds == 600
    assert replace(topology, queues=[]).longest_seconds == 0


def test_queue_names_are_unique_the_dead_letters_included(topology):
    with pytest.raises(TieredError, match=r"queue 'q\.dlq' is described 2 times"):
        replace(topology, queues=[*topology.queues, replace(topology.queues[0], name="q.dlq")])


def test_dead_letters_have_an_exchange_of_their_own(topology):
    with pytest.raises(TieredError, match="give the dead letters an exchange of their own"):
        replace(topology, exchange="dlx")
