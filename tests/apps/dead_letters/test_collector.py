"""Every way to die ends in one row, and in one acknowledgement after it."""

from __future__ import annotations

import json
import struct
import urllib.error
import urllib.request
import uuid

import psycopg
import pytest

from tests.servers.waiting import eventually


@pytest.fixture
def held_commits(platform):
    """A commit of a letter waits for whoever holds advisory lock 1."""
    with platform.database.connect() as connection:
        connection.execute("""
            CREATE FUNCTION dlq.hold() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END $$;
            GRANT EXECUTE ON FUNCTION dlq.hold TO dlq;
            CREATE CONSTRAINT TRIGGER hold AFTER INSERT ON dlq.letters DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION dlq.hold()""")
        yield
        connection.execute("DROP TRIGGER hold ON dlq.letters; DROP FUNCTION dlq.hold")


def _one(platform):
    eventually(lambda: platform.stored() == 1, "the letter is stored")
    eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "the letter is acknowledged")
    return platform.listed()[0]


def test_a_rejected_task_is_stored_whole_and_its_job_is_failed(platform, collector):
    job = platform.job()
    task_id = platform.die(job_id=job)
    letter = _one(platform)
    assert letter["cause"] == letter["reason"] == "rejected"
    assert (letter["queue"], letter["task"], letter["task_id"]) == ("q.ai", "image.analyze", task_id)
    assert (letter["job_id"], letter["request_id"], letter["deaths"]) == (job, "request-1", 1)
    assert (letter["exchange"], letter["routing_key"]) == ("tasks", "ai.image.analyze")
    assert letter["first_died_at"] == letter["last_died_at"]
    assert platform.rows("SELECT body FROM dlq.letters") == [
        (json.dumps([[], {"job_id": job}, {}]).encode(),)
    ]
    assert platform.jobs() == [("failed", "task-rejected")]


def test_a_job_that_there_is_not_hinders_nothing(platform, collector):
    job = str(uuid.uuid4())
    platform.die(job_id=job)
    assert _one(platform)["job_id"] == job
    assert "cannot" not in collector.tail()


def test_an_expired_task_is_told_from_a_rejected_one(platform, collector):
    platform.publish(
        b"[[], {}, {}]",
        content_type="application/json",
        expiration="1",
        application_headers={"task": "image.analyze", "id": "expires"},
    )
    assert _one(platform)["cause"] == "expired"


def test_a_task_that_its_workers_die_of_is_told(platform, collector):
    platform.task("image.analyze", {}, routing_key="ai.image.analyze")
    for _ in range(21):
        platform.crash("q.ai")
    assert _one(platform)["cause"] == "delivery-limit"


def test_a_task_that_no_queue_has_is_told(platform, collector):
    platform.die("image.paint", key="ai.image.paint")
    letter = _one(platform)
    assert (letter["cause"], letter["task"]) == ("unknown-task", "image.paint")
    assert 'dead_letters_total{cause="unknown-task",queue="q.ai",task="unknown"} 1.0' in collector.metrics()


@pytest.mark.parametrize(
    ("body", "properties"),
    [
        (b"\xff\x00\xfe not JSON", {"content_type": "application/json", "content_encoding": "utf-8"}),
        (b"gAR9lC4=", {"content_type": "application/x-python-serialize", "content_encoding": "base64"}),
        (b"", {}),
        (b"[" * 100_000, {"content_type": "application/json"}),
        (b"{}", {"content_type": "application/json", "application_headers": {"task": 7, "id": b"\xff\x00"}}),
        (
            b"[[], {}, {}]",
            {"application_headers": {"task": "a\0b\x1b[31m", "deep": {"x": [1.5, b"\0", None]}}},
        ),
    ],
)
def test_what_nobody_can_read_is_stored_byte_for_byte(platform, collector, body, properties):
    platform.publish(body, **properties)
    platform.refuse("q.ai")
    letter = _one(platform)
    assert letter["cause"] == "undecodable"
    assert platform.rows("SELECT body FROM dlq.letters") == [(body,)]
    shown = platform.operator("show", str(letter["id"]))
    assert shown.returncode == 0
    assert "\x1b" not in shown.stdout


def _shortstr(value):
    return bytes([len(value)]) + value


UNREADABLE = {
    "a time that no calendar has": struct.pack(">HI", 0x2000, 14)
    + _shortstr(b"when")
    + b"T"
    + b"\x7f"
    + bytes(7),
    "a content type that is no text": struct.pack(">H", 0x8000) + _shortstr(b"\xff\xfe"),
    "a message id that is no text": struct.pack(">H", 0x0080) + _shortstr(b"\xc0\x00"),
}
"""Flags and values that RabbitMQ takes, and that the collector's client cannot read."""


@pytest.mark.parametrize("properties", UNREADABLE)
def test_a_message_whose_properties_cannot_be_read_is_stored_as_bytes(platform, collector, properties):
    job = platform.job()
    body = json.dumps([[], {"job_id": job}, {}]).encode()
    platform.publish_raw(body, UNREADABLE[properties])
    platform.publish_raw(body, UNREADABLE[properties])
    platform.die()
    eventually(lambda: platform.stored() == 3, "all are stored, and the one after them")
    eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "all are acknowledged")
    first, second, other = platform.listed()
    assert (first["cause"], second["cause"], other["cause"]) == ("undecodable", "undecodable", "rejected")
    assert first["job_id"] == job
    assert platform.jobs() == [("failed", "task-undecodable")]
    assert platform.rows("SELECT body FROM dlq.letters WHERE cause = 'undecodable'") == [(body,)] * 2
    shown = platform.operator("show", str(first["id"]), "--json")
    assert json.loads(shown.stdout)[0]["properties"] == {
        "unreadable": UNREADABLE[properties].decode("utf-8", "backslashreplace")
    }
    refused = platform.operator("replay", "--id", str(first["id"]))
    assert refused.returncode == 1
    assert "its properties cannot be read" in refused.stderr


def test_messages_without_an_id_that_look_the_same_are_all_stored(platform, collector):
    for _ in range(3):
        platform.publish(b"twin", exchange="dlx", routing_key="q.dlq")
    eventually(lambda: platform.stored() == 3, "all three are stored")
    assert {letter["cause"] for letter in platform.listed()} == {"undecodable"}


def test_causes_and_what_waits_are_counted(platform, collector):
    platform.die()
    _one(platform)
    shown = collector.metrics()
    assert 'dead_letters_total{cause="rejected",queue="q.ai",task="image.analyze"} 1.0' in shown
    assert "dead_letters_stored 1.0" in shown


def test_it_ends_in_order_when_it_is_told_to(platform, collector):
    assert collector.terminate() == 0


def test_a_missing_variable_ends_it_with_its_name(platform):
    process = platform.collector()
    del process.environment["RABBITMQ_PASSWORD"]
    assert process.start().wait() == 78
    assert "RABBITMQ_PASSWORD is not set" in process.tail()


class TestLosses:
    """Whichever of the three dies, and when: each message is stored once."""

    @pytest.mark.usefixtures("held_commits")
    def test_killed_after_the_commit_and_before_the_acknowledgement(self, platform, collector):
        with platform.database.connect() as connection, connection.transaction():
            connection.execute("SELECT pg_advisory_xact_lock(1)")
            platform.die(job_id=platform.job())
            eventually(lambda: _waits_for_a_lock(platform), "the collector waits for its commit")
            collector.pause()
        eventually(lambda: platform.stored() == 1, "the row is committed")
        collector.kill()
        eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 1, "the message is still there")
        again = platform.collector().start_ready()
        eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "it is acknowledged")
        assert platform.stored() == 1
        assert platform.jobs() == [("failed", "task-rejected")]
        assert "had been stored before" in again.tail()
        again.terminate()

    def test_killed_before_the_commit(self, platform, collector):
        with platform.database.connect() as connection, connection.transaction():
            connection.execute("LOCK TABLE dlq.letters IN SHARE MODE")
            platform.die()
            eventually(lambda: _waits_for_a_lock(platform), "the collector waits to store")
            collector.kill()
        assert platform.stored() == 0
        again = platform.collector().start_ready()
        eventually(lambda: platform.stored() == 1, "it is stored")
        again.terminate()

    def test_postgresql_gone_and_back_with_messages_waiting(self, platform, collector):
        platform.database.server.stop()
        for _ in range(5):
            platform.die()
        eventually(lambda: _answer(collector.url("/readyz")) == 503, "it says that it is not ready")
        assert _answer(collector.url("/healthz")) == 200
        eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 5, "the messages wait")
        platform.database.server.start()
        eventually(lambda: platform.stored() == 5, "all are stored")
        eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "all are acknowledged")
        assert collector.running

    def test_a_broker_that_crashes_and_comes_back(self, platform, collector):
        with platform.database.connect() as connection, connection.transaction():
            connection.execute("LOCK TABLE dlq.letters IN SHARE MODE")
            for _ in range(3):
                platform.die()
            eventually(lambda: _waits_for_a_lock(platform), "the collector waits to store")
            platform.rabbitmq.kill()
        eventually(lambda: _answer(collector.url("/readyz")) == 503, "it says that it is not ready")
        platform.rabbitmq.start()
        platform.die()
        eventually(lambda: platform.stored() == 4, "each is stored once", seconds=60)
        eventually(lambda: platform.rabbitmq.queue_length("q.dlq") == 0, "all are acknowledged")
        assert platform.stored() == 4

    @pytest.mark.usefixtures("collector")
    def test_a_job_that_cannot_be_marked_is_marked_later(self, platform):
        with platform.database.connect() as connection:
            connection.execute("ALTER FUNCTION waste.fail_job RENAME TO fail_job_away")
        platform.die(job_id=platform.job())
        _one(platform)
        assert platform.jobs() == [("queued", None)]
        with platform.database.connect() as connection:
            connection.execute("ALTER FUNCTION waste.fail_job_away RENAME TO fail_job")
        eventually(lambda: platform.jobs() == [("failed", "task-rejected")], "it is marked")


def _waits_for_a_lock(platform):
    try:
        return platform.rows(
            "SELECT 1 FROM pg_stat_activity WHERE usename = 'dlq' AND wait_event_type = 'Lock'"
        )
    except psycopg.OperationalError:
        return []


def _answer(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - the test's own process
            return answer.status
    except urllib.error.HTTPError as error:
        return error.code
