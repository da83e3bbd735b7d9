from __future__ import annotations

import re

import pytest

from tiered.errors import TieredError
from tiered.messaging.accounts import Account, rights

NAMES = [
    "tasks",
    "dlx",
    "q.ai",
    "qxai",
    "q.sched",
    "q.dlq",
    "celery_delayed_27",
    "celery_delayed_delivery",
    "",
]


def admitted(pattern: str) -> list[str]:
    """The names that RabbitMQ would let through: it searches, it does not match whole names."""
    return [name for name in NAMES if re.search(pattern, name)]


def test_a_publisher_reaches_the_exchange_with_its_own_tasks_only(topology):
    granted = rights(Account(name="waste", publishes=["q.ai"]), topology)

    assert admitted(granted.configure) == [""]
    assert admitted(granted.write) == ["tasks"]
    assert admitted(granted.read) == [""]
    assert re.search(granted.topic_write or "^$", "ai.image.analyze")
    assert not re.search(granted.topic_write or "^$", "sched.backup.database")
    assert not re.search(granted.topic_read or "^$", "ai.#")


def test_a_worker_reads_its_queue_and_may_set_up_and_use_delays(topology):
    granted = rights(Account(name="ai-worker", consumes=["q.ai"]), topology)

    delays = ["celery_delayed_27", "celery_delayed_delivery"]
    assert admitted(granted.configure) == delays
    assert admitted(granted.write) == ["tasks", "q.ai", *delays]
    assert admitted(granted.read) == ["tasks", "q.ai", *delays]


@pytest.mark.parametrize("key", ["ai.image.analyze", "0.0.1.ai.image.analyze", "0.1.ai.#", "ai.#"])
def test_a_worker_may_send_its_tasks_again_as_celery_does(topology, key):
    granted = rights(Account(name="ai-worker", consumes=["q.ai"]), topology)

    assert re.search(granted.topic_write or "^$", key)
    assert not re.search(granted.topic_write or "^$", "sched.backup.database")


def test_a_worker_binds_what_it_knows_behind_the_delays_and_nothing_else(topology):
    granted = rights(Account(name="worker", consumes=["q.ai"], publishes=["q.sched", "q.ai"]), topology)

    assert {"q.ai", "q.sched"} < set(admitted(granted.write))
    assert "q.sched" not in admitted(granted.read)
    for binding in ("ai.#", "#.ai.#", "#.sched.#"):
        assert re.search(granted.topic_read or "^$", binding)
    assert not re.search(granted.topic_read or "^$", "#")


def test_a_collector_of_dead_letters_only_reads_them(topology):
    granted = rights(Account(name="collector", consumes=["q.dlq"]), topology)

    assert admitted(granted.configure) == [""]
    assert admitted(granted.write) == [""]
    assert admitted(granted.read) == ["q.dlq"]
    assert granted.topic_write is None


def test_an_administrator_may_do_everything(topology):
    operator = Account(name="operator", administers=True)

    assert operator.tags == ["administrator"]
    assert admitted(rights(operator, topology).configure) == NAMES


def test_a_queue_that_is_not_described_is_refused(topology):
    with pytest.raises(TieredError, match=r"'waste' names the queue 'q\.ia'.*q\.ai, q\.sched"):
        rights(Account(name="waste", publishes=["q.ia"]), topology)
