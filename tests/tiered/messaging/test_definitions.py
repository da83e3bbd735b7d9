from __future__ import annotations

import json
from typing import Any

from tiered.messaging.accounts import Account
from tiered.messaging.definitions import definitions


def test_every_queue_is_a_quorum_queue_that_refuses_what_it_cannot_hold(topology):
    queues: Any = definitions(topology)["queues"]

    assert {queue["name"] for queue in queues} == {"q.ai", "q.sched", "q.dlq"}
    for queue in queues:
        assert queue["durable"] is True
        assert queue["arguments"]["x-queue-type"] == "quorum"
        assert queue["arguments"]["x-overflow"] == "reject-publish"
        assert "x-max-priority" not in queue["arguments"]


def test_failed_messages_reach_the_dead_letter_queue_at_least_once(topology):
    found: Any = definitions(topology)
    by_name = {queue["name"]: queue["arguments"] for queue in found["queues"]}

    assert by_name["q.ai"] == {
        "x-queue-type": "quorum",
        "x-message-ttl": 300_000,
        "x-max-length": 5000,
        "x-overflow": "reject-publish",
        "x-dead-letter-exchange": "dlx",
        "x-dead-letter-routing-key": "q.dlq",
        "x-dead-letter-strategy": "at-least-once",
        "x-delivery-limit": 20,
    }
    assert "x-message-ttl" not in by_name["q.sched"]
    assert by_name["q.dlq"] == {
        "x-queue-type": "quorum",
        "x-max-length": 10000,
        "x-overflow": "reject-publish",
        "x-delivery-limit": -1,
    }
    routes = [(b["source"], b["routing_key"], b["destination"]) for b in found["bindings"]]
    assert routes == [("tasks", "ai.#", "q.ai"), ("tasks", "sched.#", "q.sched"), ("dlx", "q.dlq", "q.dlq")]
    assert [(e["name"], e["type"]) for e in found["exchanges"]] == [("tasks", "topic"), ("dlx", "direct")]


def test_definitions_hold_the_permissions_but_neither_users_nor_passwords(topology):
    accounts = [Account(name="waste", publishes=["q.ai"]), Account(name="collector", consumes=["q.dlq"])]

    found: Any = definitions(topology, accounts)

    assert "users" not in found
    assert "password" not in json.dumps(found)
    assert [permission["user"] for permission in found["permissions"]] == ["waste", "collector"]
    assert [permission["user"] for permission in found["topic_permissions"]] == ["waste"]
