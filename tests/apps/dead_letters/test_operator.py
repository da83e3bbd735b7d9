"""What an operator does with letters: find, read, replay once, discard."""

from __future__ import annotations

import json

import pytest

from tests.servers.waiting import eventually


def _ids(platform, *arguments):
    return {letter["id"] for letter in platform.listed(*arguments)}


@pytest.mark.parametrize(
    ("arguments", "count"),
    [
        ((), 6),
        (("--queue", "q.ai"), 2),
        (("--task", "map.search"), 2),
        (("--cause", "rejected"), 6),
        (("--cause", "expired"), 0),
        (("--older-than", "30m"), 3),
        (("--newer-than", "30m"), 3),
        (("--queue", "q.batch", "--older-than", "30m"), 1),
        (("--state", "replayed"), 0),
    ],
)
def test_letters_are_found_by_every_filter(letters, arguments, count):
    assert len(letters.listed(*arguments)) == count


def test_the_list_is_a_table(letters):
    lines = letters.operator("list", "--limit", "2").stdout.splitlines()
    assert lines[0].split() == ["ID", "AGE", "QUEUE", "TASK", "CAUSE", "STATE", "JOB"]
    assert len(lines) == 3
    assert lines[1].index("q.ai") == lines[0].index("QUEUE")


def test_what_is_shown_hides_secrets(platform, collector):
    platform.die("report.generate", queue="q.batch", password="hunter2", link="https://a:hunter2@example.org")
    eventually(lambda: platform.stored() == 1, "it is stored")
    (letter,) = platform.listed()
    for form in ((), ("--json",)):
        shown = platform.operator("show", str(letter["id"]), *form).stdout
        assert "hunter2" not in shown
        assert "report.generate" in shown
    assert platform.operator("show", "999999").returncode == 1


class TestReplay:
    def test_only_what_fits_is_sent_to_its_own_queue(self, letters):
        done = letters.operator("replay", "--task", "image.analyze", "--older-than", "30m")
        assert done.returncode == 0, done.stderr
        assert "1 replayed" in done.stderr
        assert letters.rabbitmq.queue_length("q.ai") == 1
        assert letters.rabbitmq.queue_length("q.batch") == 0
        assert (len(_ids(letters)), len(_ids(letters, "--state", "replayed"))) == (5, 1)

    def test_the_message_is_as_new(self, letters):
        (letter, _) = letters.listed("--queue", "q.api")
        assert letters.operator("replay", "--id", str(letter["id"])).returncode == 0
        message = letters.take("q.api")
        headers = message.headers
        assert (headers["id"], headers["task"]) == (letter["task_id"], "map.search")
        assert (headers["retries"], headers["eta"], headers["expires"]) == (0, None, None)
        assert headers["request_id"] == "request-1"
        assert not [name for name in headers if "death" in name]
        assert message.body == "[[], {}, {}]"
        assert (message.properties["content_type"], message.properties["delivery_mode"]) == (
            "application/json",
            2,
        )

    def test_a_dry_run_changes_nothing(self, letters):
        done = letters.operator("replay", "--all", "--dry-run")
        assert done.stdout.count("would be replayed to") == 6
        assert len(_ids(letters)) == 6
        assert letters.rabbitmq.queue_length("q.ai") == 0

    def test_without_a_filter_nothing_is_done(self, letters):
        assert letters.operator("replay").returncode == 2
        assert letters.operator("discard").returncode == 2
        assert len(_ids(letters)) == 6

    def test_a_second_replay_finds_nothing(self, letters):
        letters.operator("replay", "--queue", "q.ai")
        assert "0 replayed" in letters.operator("replay", "--queue", "q.ai").stderr
        assert letters.rabbitmq.queue_length("q.ai") == 2

    @pytest.mark.usefixtures("collector")
    def test_two_operators_at_once_share_the_letters(self, platform):
        for _ in range(30):
            platform.die()
        eventually(lambda: platform.stored() == 30, "all are stored")
        both = [platform.operating("replay", "--all") for _ in range(2)]
        told = [process.communicate(timeout=60) for process in both]
        assert [process.returncode for process in both] == [0, 0]
        assert sum(out.count(": replayed to") for out, _ in told) == 30
        eventually(lambda: platform.rabbitmq.queue_length("q.ai") == 30, "each is sent once")

    @pytest.mark.usefixtures("collector")
    def test_a_replayed_task_that_dies_again_is_a_letter_of_its_own(self, platform):
        platform.die()
        eventually(lambda: platform.stored() == 1, "it is stored")
        platform.operator("replay", "--all")
        platform.refuse("q.ai")
        eventually(lambda: platform.stored() == 2, "it is stored again")
        assert len(_ids(platform)) == 1

    @pytest.mark.usefixtures("collector")
    def test_its_job_waits_for_it_again(self, platform):
        job = platform.job()
        platform.die(job_id=job)
        eventually(lambda: platform.stored() == 1, "it is stored")
        platform.operator("replay", "--all")
        assert platform.jobs() == [("queued", None)]
        assert json.loads(platform.take("q.ai").body)[1] == {"job_id": job}

    @pytest.mark.usefixtures("collector")
    def test_a_full_queue_stops_it_and_loses_nothing(self, platform):
        for _ in range(3):
            platform.die("cleanup.cache", queue="q.sched", job_id=platform.job())
        eventually(lambda: platform.stored() == 3, "all are stored")
        name = {"pattern": "^q.sched$", "apply-to": "queues", "definition": {"max-length": 1}}
        platform.rabbitmq.management("/policies/%2F/full", method="PUT", body=name)
        try:
            eventually(lambda: _full(platform), "the queue is full")
            done = platform.operator("replay", "--all")
        finally:
            platform.rabbitmq.management("/policies/%2F/full", method="DELETE")
        assert done.returncode == 1
        assert "the queue is full" in done.stderr
        assert len(_ids(platform)) == 3
        assert platform.jobs() == [("failed", "task-rejected")] * 3

    @pytest.mark.usefixtures("collector")
    def test_a_task_that_nobody_has_is_refused_with_what_to_do(self, platform):
        platform.die("image.paint", key="ai.image.paint")
        eventually(lambda: platform.stored() == 1, "it is stored")
        done = platform.operator("replay", "--all")
        assert done.returncode == 1
        assert "may not publish there" in done.stderr
        assert len(_ids(platform)) == 1

    def test_a_broker_that_is_away_loses_nothing(self, letters, collector):
        collector.terminate()
        letters.rabbitmq.stop()
        try:
            done = letters.operator("replay", "--all")
        finally:
            letters.rabbitmq.start()
        assert done.returncode == 1
        assert "the broker did not confirm" in done.stderr
        assert len(_ids(letters)) == 6


def test_discarded_letters_are_settled_and_still_shown(letters):
    done = letters.operator("discard", "--queue", "q.ai")
    assert done.returncode == 0
    discarded = _ids(letters, "--state", "discarded")
    assert len(discarded) == 2
    assert not discarded & _ids(letters)
    assert letters.operator("show", *map(str, discarded)).returncode == 0
    assert "0 replayed" in letters.operator("replay", "--queue", "q.ai").stderr


def test_a_database_that_is_away_is_told(platform):
    platform.database.server.stop()
    try:
        done = platform.operator("list")
    finally:
        platform.database.server.start()
    assert done.returncode == 1
    assert done.stderr.startswith("error: PostgreSQL cannot be used")


def _full(platform):
    """Send to q.sched until it refuses."""
    from amqp.exceptions import MessageNacked

    try:
        platform.publish(b"filler", routing_key="sched.stats.aggregate")
    except MessageNacked:
        return True
    return False
