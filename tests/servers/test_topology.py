"""The delivered queues on a real broker: where tasks go, and what becomes of those that nobody does."""

from __future__ import annotations

import json
import re

import amqp
import httpx2
import pytest
from amqp.exceptions import MessageNacked

from tests.servers import manifests
from tests.servers.fixtures import running
from tests.servers.rabbitmq import RabbitMQ
from tests.servers.rabbitmq_files import older_installations
from tests.servers.waiting import eventually

MESSAGING = json.loads(manifests.files("messaging")["messaging.json"])
DEFINITIONS = json.loads(manifests.files("rabbitmq")["definitions.json"])
QUEUES = sorted(MESSAGING["queues"])
TASKS = [
    (task["routing_key"], queue)
    for queue, told in MESSAGING["queues"].items()
    for task in told["tasks"].values()
]
A_TASK = {queue: key for key, queue in TASKS}
DEAD = MESSAGING["dead_letter"]["queue"]


@pytest.fixture(scope="module", params=["deployed", *("older" for _ in older_installations()[:1])])
def rabbitmq(request, rabbitmq):
    """The deployed version; and Debian's, where the machine has one that is older."""
    if request.param == "deployed":
        yield rabbitmq
    else:
        yield from running(RabbitMQ(older_installations()[0]))


@pytest.fixture
def connection(rabbitmq):
    with rabbitmq.connect() as made:
        yield made
    rabbitmq.purge_all()


@pytest.fixture
def channel(connection):
    return connection.channel()


def _publish(channel, key, body="{}", **properties):
    channel.basic_publish(amqp.Message(body, **properties), MESSAGING["exchange"], key, mandatory=True)


def _ready(channel, queue):
    return channel.queue_declare(queue, passive=True).message_count


def _dead_letter(channel, queue, reason):
    """The only message of the dead letters, after it died in `queue` for `reason`."""
    eventually(lambda: _ready(channel, DEAD) == 1, f"a message that is {reason} reaches {DEAD}")
    letter = channel.basic_get(DEAD, no_ack=True)
    (death,) = letter.headers["x-death"]
    assert (death["queue"], death["reason"], death["count"]) == (queue, reason, 1)
    assert (death["exchange"], death["routing-keys"]) == (MESSAGING["exchange"], [A_TASK[queue]])
    return letter


def test_the_broker_takes_the_definitions_as_they_stand(rabbitmq):
    for wanted in DEFINITIONS["queues"]:
        made = rabbitmq.management(f"/queues/%2F/{wanted['name']}")
        assert (made["type"], made["durable"], made["arguments"]) == ("quorum", True, wanted["arguments"])
    made = {each["name"] for each in rabbitmq.management("/queues/%2F") if "celery" not in each["name"]}
    assert made == {each["name"] for each in DEFINITIONS["queues"]}
    effective = rabbitmq.management(f"/queues/%2F/{QUEUES[0]}/bindings")
    assert MESSAGING["queues"][QUEUES[0]]["binding"] in {each["routing_key"] for each in effective}


@pytest.mark.parametrize(("key", "queue"), TASKS)
def test_a_task_reaches_its_queue_and_no_other(channel, key, queue):
    _publish(channel, key)
    found = {each: _ready(channel, each) for each in [*QUEUES, DEAD]}
    assert found == dict.fromkeys(found, 0) | {queue: 1}


@pytest.mark.parametrize("key", ["nobody.home", "ai", "api.", "", "xai.image.analyze"])
def test_only_what_begins_with_a_queues_word_is_routed(channel, key):
    returned = []
    channel.events["basic_return"].add(lambda *told: returned.append(told))
    _publish(channel, key)
    routed = any(_ready(channel, queue) for queue in QUEUES)
    assert bool(returned) != routed
    # `#` is also no word at all: the bare word and the word with an empty one belong to the queue.
    assert routed == (key in {"ai", "api."})


@pytest.mark.parametrize("queue", QUEUES)
def test_a_rejected_task_becomes_a_dead_letter_with_all_it_carried(channel, queue):
    _publish(channel, A_TASK[queue], "the body", application_headers={"job_id": "7"}, correlation_id="c")
    channel.basic_reject(channel.basic_get(queue).delivery_tag, requeue=False)
    letter = _dead_letter(channel, queue, "rejected")
    assert (letter.body, letter.headers["job_id"], letter.correlation_id) == ("the body", "7", "c")


@pytest.mark.parametrize("queue", QUEUES)
def test_a_task_that_nobody_takes_in_time_becomes_a_dead_letter(channel, queue):
    _publish(channel, A_TASK[queue], expiration="50")
    _dead_letter(channel, queue, "expired")


@pytest.mark.parametrize("queue", QUEUES)
def test_a_task_that_kills_whoever_takes_it_becomes_a_dead_letter(rabbitmq, connection, channel, queue):
    limit = next(each for each in DEFINITIONS["queues"] if each["name"] == queue)["arguments"][
        "x-delivery-limit"
    ]
    _publish(channel, A_TASK[queue])
    deliveries = 0
    while not _ready(channel, DEAD):
        victim = connection.channel()
        if victim.basic_get(queue):
            deliveries += 1
        victim.close()
    assert deliveries == limit + 1
    _dead_letter(channel, queue, "delivery_limit")


def test_a_full_queue_refuses_the_next_task_and_loses_none(rabbitmq, channel):
    queue = "q.sched"
    longest = MESSAGING["queues"][queue]["max_length"]
    taken = 0
    while taken < 2 * longest and _accepted(channel, queue):
        taken += 1
    # The broker refuses a little late: it learns of the length when a message is in.
    assert longest <= taken <= longest + 5
    assert (_ready(channel, queue), _ready(channel, DEAD)) == (taken, 0)
    channel.queue_purge(queue)
    eventually(lambda: _accepted(channel, queue), "the emptied queue takes tasks again")


def _accepted(channel, queue):
    try:
        _publish(channel, A_TASK[queue])
    except MessageNacked:
        return False
    return True


def test_dead_letters_wait_in_their_queue_when_there_is_no_more_room(rabbitmq, channel):
    rabbitmq.management(
        "/policies/%2F/small",
        method="PUT",
        body={"pattern": f"^{DEAD}$", "definition": {"max-length": 3}, "apply-to": "queues"},
    )
    try:
        for number in range(10):
            _publish(channel, A_TASK["q.ai"], str(number))
        for _ in range(10):
            channel.basic_reject(channel.basic_get("q.ai").delivery_tag, requeue=False)
        eventually(lambda: _ready(channel, DEAD) >= 3, "the room that there is, is used")
        arrived = _ready(channel, DEAD)
        assert arrived < 10
        eventually(lambda: _held(rabbitmq) + _ready(channel, DEAD) == 10, "none is lost")
    finally:
        rabbitmq.management("/policies/%2F/small", method="DELETE")


def _held(rabbitmq):
    """How many dead messages wait in their old queue."""
    return rabbitmq.management("/queues/%2F/q.ai").get("messages_dlx", 0)


# RabbitMQ 3.10 knows no queue without a delivery limit.
@pytest.mark.parametrize("rabbitmq", ["deployed"], indirect=True)
def test_a_dead_letter_is_given_back_as_often_as_it_takes(channel):
    _publish(channel, A_TASK["q.api"])
    channel.basic_reject(channel.basic_get("q.api").delivery_tag, requeue=False)
    eventually(lambda: _ready(channel, DEAD) == 1, "the letter is there")
    for _ in range(50):
        channel.basic_reject(channel.basic_get(DEAD).delivery_tag, requeue=True)
    assert channel.basic_get(DEAD, no_ack=True)


def test_confirmed_tasks_survive_a_crash_of_the_broker(rabbitmq):
    with rabbitmq.connect() as before:
        channel = before.channel()
        for number in range(20):
            _publish(channel, A_TASK["q.batch"], str(number), delivery_mode=2)
    rabbitmq.kill()
    rabbitmq.start()
    with rabbitmq.connect() as after:
        kept = after.channel()
        eventually(lambda: _ready(kept, "q.batch") == 20, "every confirmed task is there")
        assert [kept.basic_get("q.batch", no_ack=True).body for _ in range(20)] == [str(n) for n in range(20)]


_DEAD = re.compile(
    r"rabbitmq_global_messages_dead_lettered_(maxlen|expired|rejected|delivery_limit)_total"
    r"\{.*rabbit_quorum_queue.*dead_letter_strategy=\"at_least_once\".*\} (\d+)"
)
_RETURNED = re.compile(r"rabbitmq_global_messages_unroutable_returned_total\{.*\} (\d+)")


def _counted(rabbitmq):
    """Dead letters by cause, and messages that no queue took, as Prometheus would scrape them."""
    text = httpx2.get(rabbitmq.metrics_url).text
    found = {cause: int(count) for cause, count in _DEAD.findall(text)}
    return found | {"unroutable": sum(map(int, _RETURNED.findall(text)))}


def test_what_goes_wrong_is_counted_by_its_cause(rabbitmq, channel):
    channel.events["basic_return"].add(lambda *_: None)
    before = _counted(rabbitmq)
    _publish(channel, A_TASK["q.ai"], expiration="1")
    for _ in range(2):
        _publish(channel, A_TASK["q.api"])
        channel.basic_reject(channel.basic_get("q.api").delivery_tag, requeue=False)
    _publish(channel, "nobody.home")
    wanted = dict.fromkeys(before, 0) | {"expired": 1, "rejected": 2, "unroutable": 1}
    eventually(
        lambda: {cause: count - before[cause] for cause, count in _counted(rabbitmq).items()} == wanted,
        "each is counted once",
    )


def test_a_queues_length_is_exported_by_its_name(rabbitmq, channel):
    for _ in range(3):
        _publish(channel, A_TASK["q.batch"])
    line = re.compile(r'rabbitmq_queue_messages\{.*queue="q\.batch".*\} 3\b')
    eventually(lambda: line.search(httpx2.get(rabbitmq.metrics_url).text), "the metric shows three")
