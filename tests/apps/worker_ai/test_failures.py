"""What goes wrong: with the model, with the photo, with the message. Each job ends, and says why."""

from __future__ import annotations

from uuid import UUID

import pytest

from apps.common.broker import QueueFull
from apps.common.jobs.progress import State
from tests.apps.worker_ai.photos import encoded, jpeg, picture
from tests.servers.waiting import eventually


def no_dead_letters(rabbitmq) -> None:
    """Empty the queues; what is on its way to the dead letters comes in late."""

    def empty() -> bool:
        rabbitmq.purge_all()
        return bool(rabbitmq.queue_length("q.dlq") == 0)

    eventually(empty, "no dead letters")


UNUSABLE = ("garbage", "not-json", "wrong-schema", "refusal", "cut", "rejected")


@pytest.mark.parametrize("mode", ["rate-limited", "error", "unauthorized", "hang", "closed", *UNUSABLE])
def test_a_model_that_fails_once_is_asked_again(desk, worker, model, mode):
    model.switches.mode, model.switches.times = mode, 1
    job = desk.accept()
    desk.done(job)
    assert [each.mode for each in model.asked] == [mode, "well"]


@pytest.mark.parametrize("mode", UNUSABLE)
def test_a_model_that_writes_nonsense_twice_ends_every_job_with_that_photo(
    desk, worker, model, rabbitmq, mode
):
    no_dead_letters(rabbitmq)
    model.switches.mode = mode
    photo = desk.new_photo()
    jobs = [desk.accept(photo) for _ in range(3)]
    assert {desk.fails(job) for job in jobs} == {"model-answer-invalid"}
    assert len(model.asked) == 2
    eventually(lambda: rabbitmq.queue_length("q.ai") == 0, "the messages are done with")
    assert rabbitmq.queue_length("q.dlq") == 0


def test_an_answer_counts_although_the_connection_breaks_after_it(desk, worker, model):
    model.switches.mode = "answer-then-close"
    jobs = [desk.accept() for _ in range(4)]
    desk.done(*jobs)
    assert len(model.asked) == 4


def test_a_model_that_stays_away_ends_the_job_after_the_queues_tries(desk, worker, model, rabbitmq):
    no_dead_letters(rabbitmq)
    model.switches.mode = "error"
    job = desk.accept()
    assert desk.fails(job, seconds=120) == "model-unavailable"
    assert len(model.asked) == 4
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 1, "the message is kept")

    # What an operator does when the model is well again.
    model.reset()
    desk.send(job)
    eventually(lambda: desk.progress(job).state is State.DONE, "the job came to a result after all")
    assert desk.result(job).result.job_id == job


def test_who_is_rate_limited_leaves_the_model_alone_for_all(desk, worker, model):
    model.switches.mode, model.switches.times, model.switches.retry_after = "rate-limited", 1, "4"
    first = desk.accept()
    eventually(lambda: model.asked, "the model refuses")
    others = [desk.accept() for _ in range(3)]
    desk.done(first, *others)
    assert [each.status for each in model.asked] == [429, 200, 200, 200, 200]


def test_what_a_picture_tells_the_model_to_write_reaches_nobody(desk, worker, model):
    model.switches.answer = {
        "item": "<b>bottle</b>\u202e\n# Win",
        "disposal_steps": ["Log in at https://evil.example/now", "1) **Rinse** it.", "Mail me@evil.example"],
    }
    job = desk.accept()
    desk.done(job)
    found = desk.result(job).result
    assert found.classification.item == "bottle Win"
    assert found.classification.disposal_steps == ("Rinse it.",)
    assert "evil" not in found.feedback


def test_more_than_was_asked_for_is_no_answer(desk, worker, model):
    model.switches.answer = {"user_is_admin": True}
    assert desk.fails(desk.accept()) == "model-answer-invalid"


def test_a_photo_that_is_gone(desk, worker, model):
    job = desk.job()
    desk.remove(job)
    desk.send(job)
    assert desk.fails(job) == "image-missing"


def test_a_photo_that_was_replaced_after_the_check(desk, worker, model):
    job = desk.job()
    desk.put(f"uploads/{job}", desk.new_photo())
    desk.send(job)
    assert desk.fails(job) == "image-changed"


def test_a_photo_larger_than_any_may_be(desk, worker, model):
    assert desk.fails(desk.accept(size=30_000_000)) == "image-too-large"


BOMB = encoded(picture(1).convert("1").resize((9000, 9000)), "PNG", optimize=True)


@pytest.mark.parametrize(
    ("photo", "reason"),
    [
        (b"GIF89a, it says, but no more", "image-undecodable"),
        (b"", "image-undecodable"),
        (jpeg(2, size=(1600, 1200))[:-4000], "image-undecodable"),
        (encoded(picture(3), "BMP"), "image-undecodable"),
        (BOMB, "image-too-large"),
    ],
    ids=["text", "nothing", "half a photo", "another format", "pixel bomb"],
)
def test_what_is_no_photo_is_not_shown_to_the_model(desk, worker, model, photo, reason):
    assert desk.fails(desk.accept(photo)) == reason
    assert model.asked == []


def test_a_message_without_a_job_is_kept_aside_and_harms_none(desk, worker, model, rabbitmq):
    no_dead_letters(rabbitmq)
    desk.send("no job at all")
    eventually(lambda: rabbitmq.queue_length("q.dlq") == 1, "it is a dead letter")
    assert worker.metric("celery_task_failures_total", reason="malformed-message") == 1


def test_a_job_that_is_gone_with_its_user_is_no_error(desk, worker, model, rabbitmq):
    no_dead_letters(rabbitmq)
    job = desk.job()
    desk.waste.execute("DELETE FROM waste.jobs WHERE id = %s", (job,))
    desk.send(job)
    eventually(lambda: rabbitmq.queue_length("q.ai") == 0, "the message is done with")
    assert rabbitmq.queue_length("q.dlq") == 0
    assert model.asked == []


def test_s3_that_is_away_for_a_moment_is_asked_again(desk, worker, model, s3):
    job = desk.job()
    s3.fail(requests=4)
    desk.send(job)
    desk.done(job)


def test_a_database_that_comes_back_finds_the_jobs_where_they_were(desk, worker, model, postgres, database):
    model.switches.latency = 1
    job = desk.accept()
    eventually(lambda: model.busy, "the model is asked")
    with postgres.connect("postgres") as administrator:
        administrator.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'waste'"
            " AND application_name = 'ai-worker'"
        )
    desk.done(job)
    assert len(model.asked) == 1


def test_a_full_queue_holds_no_job_up(desk, worker, model, rabbitmq):
    def fill() -> list[UUID]:
        accepted: list[UUID] = []
        for _ in range(50):
            job = desk.job()
            try:
                desk.send(job)
            except QueueFull:
                return accepted
            accepted.append(job)
        return pytest.fail("the queue takes everything")

    refused = worker.metric("tasks_published_total", outcome="QueueFull")
    model.switches.latency = 2
    policy = {"pattern": "^q[.]ai$", "apply-to": "queues", "priority": 9, "definition": {"max-length": 3}}
    rabbitmq.management("/policies/%2F/short", method="PUT", body=policy)
    try:
        jobs = fill()
        desk.done(*jobs, seconds=120)
    finally:
        rabbitmq.management("/policies/%2F/short", method="DELETE")
    assert worker.metric("tasks_published_total", outcome="QueueFull") > refused
    assert len(model.asked) == len(jobs)
