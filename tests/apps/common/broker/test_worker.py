"""A worker process with the delivered account, options and queues loses nothing."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import amqp
import httpx2
import pytest
import structlog

from apps.common.broker import Publisher
from apps.common.broker.celery_app import celery_app
from apps.common.messaging import Messaging
from apps.common.settings import BrokerSettings, load
from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.process import Process
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.waiting import eventually

ROOT = Path(__file__).parents[4]


class Shop:
    """The process, what it noted, and a way to send it tasks."""

    def __init__(self, process: Process, publisher: Publisher, seen: Path, address: str) -> None:
        self.process, self.publisher, self._seen, self.address = process, publisher, seen, address

    def seen(self) -> list[str]:
        return self._seen.read_text().splitlines()

    def awaits(self, condition: Callable[[list[str]], bool], what: str, seconds: int = 40) -> None:
        self.process.wait_until(lambda: condition(self.seen()), what, seconds=seconds)

    def metric(self, line: str) -> bool:
        return line in httpx2.get(f"{self.address}/metrics").text


@pytest.fixture
def shop(rabbitmq: RabbitMQ, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shop]:
    for name, value in rabbitmq.environment("waste-service").items():
        monkeypatch.setenv(name, value)
    seen = tmp_path / "seen"
    seen.touch()
    port = free_port()
    environment = {
        **rabbitmq.environment("ai-worker"),
        "SERVICE_NAME": "ai-worker",
        "ENVIRONMENT": "test",
        "METRICS_PORT": str(port),
        "SEEN_FILE": str(seen),
        "PYTHONPATH": str(ROOT),
        "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin",
    }
    delivered: list[str] = manifests.pod("Deployment", "ai-worker")["containers"][0]["command"]
    ours = {"apps.worker_ai.main": "tests.apps.common.broker.shop"}
    command = [ours.get(word, word) for word in delivered]
    process = Process(command, environment, log=tmp_path / "worker.log", name="shop worker").start()
    settings = load(BrokerSettings)
    publisher = Publisher(
        celery_app("tests", settings=settings, messaging=Messaging.read(settings.messaging_file))
    )
    address = f"http://127.0.0.1:{port}"
    process.wait_ready(f"{address}/readyz")
    yield Shop(process, publisher, seen, address)
    publisher.close()
    process.kill()
    rabbitmq.purge_all()


def test_a_task_runs_with_the_ids_of_its_request(shop: Shop) -> None:
    with structlog.contextvars.bound_contextvars(request_id="request-1", job_id="job-1"):
        shop.publisher.publish("image.analyze", {"job_id": "job-1"})
    shop.awaits(bool, "the task ran")
    assert shop.seen() == ["run job-1 request-1"]
    shop.process.wait_until(
        lambda: shop.metric('celery_task_duration_seconds_count{queue="q.ai",task="image.analyze"} 1.0'),
        "its duration is measured",
    )


def test_tasks_are_shown_before_the_first_has_run(shop: Shop) -> None:
    assert shop.metric('celery_task_duration_seconds_count{queue="q.ai",task="image.analyze"} 0.0')
    assert shop.metric('celery_tasks_total{queue="q.ai",state="failure",task="image.analyze"} 0.0')
    for reason in ("hopeless", "SoftTimeLimitExceeded"):
        labels = f'queue="q.ai",reason="{reason}",task="image.analyze"'
        assert shop.metric(f"celery_task_failures_total{{{labels}}} 0.0")


def test_what_no_second_try_mends_is_dead_lettered_at_once(rabbitmq: RabbitMQ, shop: Shop) -> None:
    shop.publisher.publish("image.analyze", {"job_id": "1", "do": "give-up"})
    shop.awaits(lambda seen: len(seen) == 2, "it ran once and said its last word")
    eventually(lambda: rabbitmq.queue_length("q.dlq") > 0, "the message is dead-lettered")
    assert [line.split()[0] for line in shop.seen()] == ["give-up", "failed-Hopeless-1"]
    assert shop.metric('celery_task_failures_total{queue="q.ai",reason="hopeless",task="image.analyze"} 1.0')


def test_a_task_that_cannot_say_its_last_word_is_dead_lettered_all_the_same(
    rabbitmq: RabbitMQ, shop: Shop
) -> None:
    shop.publisher.publish("image.analyze", {"job_id": "1", "do": "give-up-speechless"})
    eventually(lambda: rabbitmq.queue_length("q.dlq") > 0, "the message is dead-lettered")
    assert [line.split()[0] for line in shop.seen()] == ["give-up-speechless", "failed-Hopeless-1"]
    assert shop.metric('celery_task_failures_total{queue="q.ai",reason="hopeless",task="image.analyze"} 1.0')


def test_an_error_is_tried_again_as_often_as_the_queue_says(rabbitmq: RabbitMQ, shop: Shop) -> None:
    shop.publisher.publish("image.analyze", {"job_id": "1", "do": "raise"})
    shop.awaits(lambda seen: len(seen) == 5, "its retries are used up", seconds=60)
    assert [line.split()[0] for line in shop.seen()] == ["raise"] * 4 + ["failed-ValueError-1"]
    eventually(lambda: rabbitmq.queue_length("q.dlq") > 0, "it is dead-lettered")


def test_a_task_whose_worker_is_killed_runs_again(rabbitmq: RabbitMQ, shop: Shop) -> None:
    shop.publisher.publish("image.analyze", {"job_id": "1", "do": "die-once"})
    shop.awaits(lambda seen: len(seen) == 1, "it began")
    eventually(lambda: shop.process.exit_code is not None, "it was killed")
    shop.process.start()
    shop.awaits(lambda seen: len(seen) == 2, "it ran again")
    eventually(lambda: rabbitmq.queue_length("q.ai") == 0, "it is acknowledged")


def test_sigterm_lets_the_running_task_end(rabbitmq: RabbitMQ, shop: Shop) -> None:
    shop.publisher.publish("image.analyze", {"job_id": "1", "do": "slow"})
    shop.awaits(bool, "it began")
    shop.process.terminate(seconds=30)
    assert [line.split()[0] for line in shop.seen()] == ["slow", "slow-done"]
    eventually(lambda: rabbitmq.queue_length("q.ai") == 0, "it is acknowledged")


def test_a_message_that_cannot_be_read_is_dead_lettered(rabbitmq: RabbitMQ, shop: Shop) -> None:
    with rabbitmq.connect() as connection:
        unreadable = amqp.Message(
            b"{",
            content_type="application/json",
            content_encoding="utf-8",
            application_headers={"task": "image.analyze", "id": "1"},
        )
        connection.channel().basic_publish(unreadable, exchange="tasks", routing_key="ai.image.analyze")
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 1, "the message is dead-lettered")
    assert shop.seen() == []


def test_a_worker_without_its_broker_is_alive_but_not_ready(rabbitmq: RabbitMQ, shop: Shop) -> None:
    probe = manifests.pod("Deployment", "ai-worker")["containers"][0]["livenessProbe"]
    rabbitmq.kill()
    try:
        shop.process.wait_until(
            lambda: httpx2.get(f"{shop.address}/readyz").status_code == 503, "it is not ready"
        )
        for _ in range(3):  # between its first tries pass 2 s, then 4 s
            alive = httpx2.get(f"{shop.address}/healthz", timeout=probe.get("timeoutSeconds", 1))
            assert alive.status_code == 200
            time.sleep(1)
    finally:
        rabbitmq.start()
    shop.process.wait_ready(f"{shop.address}/readyz")
    shop.publisher.publish("image.analyze", {"job_id": "1"})
    shop.awaits(bool, "it works again")
