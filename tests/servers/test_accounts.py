"""Each account of the broker may do its workload's work, and nothing else."""

from __future__ import annotations

import gc
import json

import amqp
import httpx2
import pytest
from amqp.exceptions import AccessRefused
from kombu import Connection, Exchange, Producer, Queue
from kombu.transport.native_delayed_delivery import (
    bind_queue_to_native_delayed_delivery_exchange,
    calculate_routing_key,
    declare_native_delayed_delivery_exchanges_and_queues,
    level_name,
)

from tests.servers import manifests
from tests.servers.waiting import eventually

MESSAGING = json.loads(manifests.files("messaging")["messaging.json"])
KEYS = {
    queue: [task["routing_key"] for task in told["tasks"].values()]
    for queue, told in MESSAGING["queues"].items()
}
ALL_QUEUES = [*KEYS, "q.dlq"]
EVERYTHING = [key for keys in KEYS.values() for key in keys]
SCHEDULED = [*KEYS["q.batch"], *KEYS["q.sched"]]

PUBLISHES = {
    "waste-service": KEYS["q.ai"],
    "auth-service": KEYS["q.api"],
    "locations-service": KEYS["q.api"],
    "celery-beat": SCHEDULED,
    "ai-worker": KEYS["q.ai"],
    "api-worker": KEYS["q.api"],
    "batch-worker": SCHEDULED,
    "dlq-collector": EVERYTHING,
}
CONSUMES = {
    "ai-worker": ["q.ai"],
    "api-worker": ["q.api"],
    "batch-worker": ["q.batch", "q.sched"],
    "dlq-collector": ["q.dlq"],
}
ACCOUNTS = sorted(PUBLISHES)


@pytest.fixture(autouse=True)
def clean(rabbitmq):
    yield
    rabbitmq.purge_all()


def _allowed(connection, attempt):
    """Whether the broker lets `attempt(channel)` pass; a refusal closes the channel."""
    channel = connection.channel()
    try:
        attempt(channel)
        channel.close()
    except AccessRefused:
        return False
    return True


def _publish(exchange, key):
    return lambda channel: channel.basic_publish(amqp.Message("{}"), exchange, key)


def test_no_account_is_left_out(rabbitmq):
    assert sorted({*ACCOUNTS, "admin"}) == sorted(rabbitmq.accounts)


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_publishes_its_own_tasks_only(rabbitmq, account):
    with rabbitmq.connect(account) as connection:
        allowed = [key for key in EVERYTHING if _allowed(connection, _publish("tasks", key))]
    assert allowed == [key for key in EVERYTHING if key in PUBLISHES[account]]


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_reads_its_own_queues_only(rabbitmq, account):
    with rabbitmq.connect(account) as connection:
        allowed = [
            queue
            for queue in ALL_QUEUES
            if _allowed(connection, lambda channel, of=queue: channel.basic_get(of))
        ]
    assert allowed == CONSUMES.get(account, [])


OUT_OF_BOUNDS = {
    "publish past the exchange": _publish("", "q.ai"),
    "publish a dead letter": _publish("dlx", "q.dlq"),
    "publish what is no task": _publish("tasks", "ai.image.analyze.twice"),
    "make a queue": lambda channel: channel.queue_declare("own", durable=True, auto_delete=False),
    "make an exchange": lambda channel: channel.exchange_declare(
        "own", "topic", durable=True, auto_delete=False
    ),
    "delete its exchange": lambda channel: channel.exchange_delete("tasks"),
    "delete a queue": lambda channel: channel.queue_delete("q.ai"),
    "delete the dead letters' queue": lambda channel: channel.queue_delete("q.dlq"),
    "bind the dead letters' queue": lambda channel: channel.queue_bind("q.dlq", "tasks", "#"),
    "take all tasks to one queue": lambda channel: channel.queue_bind("q.ai", "tasks", "#"),
    "read the broker's log": lambda channel: channel.queue_bind("q.ai", "amq.rabbitmq.log", "#"),
}


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_changes_nothing_of_the_brokers(rabbitmq, account):
    with rabbitmq.connect(account) as connection:
        allowed = [name for name, attempt in OUT_OF_BOUNDS.items() if _allowed(connection, attempt)]
    assert allowed == []


@pytest.mark.parametrize("account", ACCOUNTS)
def test_an_account_has_no_part_in_the_management(rabbitmq, account):
    login = (account, rabbitmq.environment(account)["RABBITMQ_PASSWORD"])
    assert httpx2.get(f"{rabbitmq.management_url}/api/queues", auth=login).status_code == 401


# The client leaves its socket to the garbage collector when the broker was first to close it.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
def test_nobody_comes_in_as_guest_or_with_a_wrong_password(rabbitmq):
    for user, password in (("guest", "guest"), ("ai-worker", "wrong")):
        connection = amqp.Connection(f"{rabbitmq.host}:{rabbitmq.port}", userid=user, password=password)
        with pytest.raises(AccessRefused):
            connection.connect()
    del connection
    gc.collect()


@pytest.mark.parametrize(
    ("account", "queue"), [(name, queue) for name, of in CONSUMES.items() for queue in of if queue != "q.dlq"]
)
def test_a_worker_retries_its_tasks_later(rabbitmq, account, queue):
    exchange = Exchange("tasks", type="topic", no_declare=True)
    bound = Queue(queue, exchange, routing_key=MESSAGING["queues"][queue]["binding"], no_declare=True)
    key = KEYS[queue][0]
    try:
        with Connection(rabbitmq.account_url(account)) as connection:
            declare_native_delayed_delivery_exchanges_and_queues(connection, "quorum")
            bind_queue_to_native_delayed_delivery_exchange(connection, bound(connection.default_channel))
            with Producer(connection.default_channel, auto_declare=False) as producer:
                producer.publish({}, exchange=level_name(27), routing_key=calculate_routing_key(1, key))
        eventually(lambda: rabbitmq.queue_length(queue) == 1, "the task comes back a second later")
    finally:
        _forget_delays(rabbitmq)


def _forget_delays(rabbitmq):
    for kind in ("queues", "exchanges"):
        for each in rabbitmq.management(f"/{kind}/%2F?disable_stats=true"):
            if each["name"].startswith("celery_delayed"):
                rabbitmq.management(f"/{kind}/%2F/{each['name']}", method="DELETE")
