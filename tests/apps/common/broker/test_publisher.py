"""What is published is confirmed by the broker, or the caller is told that it was not accepted."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from apps.common.broker import BrokerUnavailable, Publisher, QueueFull, Unroutable
from apps.common.broker.celery_app import celery_app
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings, load
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.waiting import eventually

TASK, QUEUE = "image.analyze", "q.ai"


@pytest.fixture
def publisher(rabbitmq: RabbitMQ, monkeypatch: pytest.MonkeyPatch) -> Iterator[Publisher]:
    for name, value in rabbitmq.environment("waste-service").items():
        monkeypatch.setenv(name, value)
    settings = load(BrokerSettings)
    publisher = Publisher(
        celery_app("tests", settings=settings, messaging=Messaging.read(settings.messaging_file))
    )
    yield publisher
    publisher.close()
    rabbitmq.purge_all()


def test_a_task_arrives_in_its_queue_with_its_id(rabbitmq: RabbitMQ, publisher: Publisher) -> None:
    task_id = publisher.publish(TASK, {"job_id": "1"})
    messages = rabbitmq.management(
        f"/queues/%2F/{QUEUE}/get",
        method="POST",
        body={"count": 5, "ackmode": "ack_requeue_false", "encoding": "auto"},
    )
    assert [message["properties"]["headers"]["id"] for message in messages] == [task_id]
    assert messages[0]["properties"]["priority"] == 10
    assert messages[0]["properties"]["delivery_mode"] == 2


def _publish_many(publisher: Publisher) -> None:
    for _ in range(10):
        publisher.publish(TASK, {"job_id": "1"})


def _accepted(publisher: Publisher) -> bool:
    try:
        publisher.publish(TASK, {"job_id": "3"})
    except BrokerUnavailable:
        return False
    return True


def test_a_full_queue_is_told(rabbitmq: RabbitMQ, publisher: Publisher) -> None:
    policy = {"pattern": "^q[.]ai$", "apply-to": "queues", "priority": 9, "definition": {"max-length": 2}}
    rabbitmq.management("/policies/%2F/short", method="PUT", body=policy)
    try:
        with pytest.raises(QueueFull, match=TASK) as refused:
            _publish_many(publisher)
        assert refused.value.retry_after > 0
        with pytest.raises(QueueFull):
            publisher.publish(TASK, {"job_id": "1"})
    finally:
        rabbitmq.management("/policies/%2F/short", method="DELETE")


def test_a_task_that_no_queue_takes_is_told_and_the_next_one_goes_through(
    rabbitmq: RabbitMQ, publisher: Publisher
) -> None:
    binding = f"/bindings/%2F/e/tasks/q/{QUEUE}"
    rabbitmq.management(f"{binding}/ai.%23", method="DELETE")
    try:
        with pytest.raises(Unroutable, match=TASK):
            publisher.publish(TASK, {"job_id": "1"})
    finally:
        rabbitmq.management(binding, method="POST", body={"routing_key": "ai.#", "arguments": {}})
    publisher.publish(TASK, {"job_id": "2"})
    eventually(lambda: rabbitmq.queue_length(QUEUE) == 1, "the second task is in the queue")


def test_a_broker_that_is_away_is_told_and_found_again(rabbitmq: RabbitMQ, publisher: Publisher) -> None:
    publisher.publish(TASK, {"job_id": "1"})
    rabbitmq.kill()
    try:
        with pytest.raises(BrokerUnavailable, match=TASK):
            publisher.publish(TASK, {"job_id": "2"})
        assert not publisher.reachable()
    finally:
        rabbitmq.start()
    eventually(publisher.reachable, "a connection can be opened")
    eventually(lambda: _accepted(publisher), "a task is accepted again, once the queue has its leader")
    # One more may have been taken without a word before the queue had its leader.
    eventually(lambda: rabbitmq.queue_length(QUEUE) >= 2, "both tasks are in the queue")


def test_threads_share_the_lines(rabbitmq: RabbitMQ, publisher: Publisher) -> None:
    def many() -> None:
        for number in range(25):
            publisher.publish(TASK, {"job_id": str(number)})

    threads = [threading.Thread(target=many) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    eventually(lambda: rabbitmq.queue_length(QUEUE) == 200, "every task is in the queue")
