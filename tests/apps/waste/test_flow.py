"""From the announcement of a photo to its result, on the running service."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from apps.common.jobs.progress import Failure, Progress, State, advance, job_key
from apps.common.jobs.result import RESULT_SECONDS, Classification, JobResult, StoredResult, result_key
from tests.apps.waste.conftest import App, picture, problem

CLASSIFICATION = {
    "item": "drink bottle",
    "material": "PET",
    "category": "pet-bottle",
    "disposal_steps": ["Empty it."],
    "confidence": 0.9,
}


@pytest.fixture
def redis(redis_server):
    with redis_server.client() as client:
        yield client


def finish(waste, job):
    """End a job as the ai-worker does, in PostgreSQL."""
    waste.execute("UPDATE waste.jobs SET state = 'done', ended_at = now() WHERE id = %s", [job])
    waste.execute(
        """INSERT INTO waste.classifications
               (job_id, content_hash, item, material, category, disposal_steps, confidence, feedback, cached,
                model)
           VALUES (%s, %s, %s, %s, %s, %s, %s, 'Well done.', false, 'm')""",
        [job, b"h" * 32, *CLASSIFICATION.values()],
    )


def silence(redis, job):
    """Let the record of a job be as old as if nobody had written it for some time."""
    record = Progress.from_json(redis.get(job_key(job)))
    old = record.model_copy(update={"updated_at": datetime.now(UTC) - timedelta(seconds=30)})
    redis.set(job_key(job), old.to_json())
    return old


# ---- from the announcement to the queue


def test_a_photo_is_announced_uploaded_checked_and_queued(app, waste, queued):
    announced = app.announce(size=2000)
    job = announced["job_id"]
    assert app.status(job).json()["state"] == "awaiting-upload"
    assert app.upload(announced, picture(size=(640, 480))).status_code == 201
    accepted = app.complete(job)
    assert accepted.status_code == 202, accepted.text
    assert accepted.json() == app.status(job).json()
    assert (accepted.json()["state"], accepted.json()["failure"]) == ("queued", None)
    row = waste.execute(
        """SELECT user_id, state, width, height, published_at IS NOT NULL, etag <> '', request_id
           FROM waste.jobs"""
    ).fetchone()
    assert row[:-1] == (app.user, "queued", 640, 480, True, True)
    assert len(row[-1]) == len(accepted.headers["X-Request-Id"])
    assert queued() == [job]


def test_upload_complete_may_be_called_again_and_at_once(app, waste, queued):
    job = app.uploaded()
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda _: app.complete(job), range(8)))
    assert {(each.status_code, each.json()["state"]) for each in answers} == {(202, "queued")}
    assert queued() == [job]
    waste.execute("UPDATE waste.jobs SET state = 'analyzing'")
    assert app.complete(job).json()["state"] == "analyzing"
    assert queued() == []


def test_a_job_whose_publish_was_not_confirmed_is_published_again(app, waste, queued):
    job = app.uploaded()
    app.complete(job)
    waste.execute("UPDATE waste.jobs SET published_at = NULL")
    queued()
    assert app.complete(job).status_code == 202
    assert queued() == [job]


def test_nothing_is_accepted_before_the_upload(app, waste):
    job = app.announce()["job_id"]
    problem(app.complete(job), 409, "upload-missing")
    assert waste.execute("SELECT count(*) FROM waste.jobs").fetchone() == (0,)


UNUSABLE = {
    "HEIC": ("image/jpeg", b"\x00\x00\x00\x18ftypheic" + bytes(50), "image-type-mismatch"),
    "another type": ("image/jpeg", picture("PNG"), "image-type-mismatch"),
    "cut off in its header": ("image/jpeg", picture("JPEG")[:100], "image-truncated"),
    "cut off at its end": ("image/webp", picture("WEBP", (400, 400))[:-1], "image-truncated"),
    "too wide": ("image/png", picture("PNG", (12_001, 1)), "image-too-many-pixels"),
    "a pixel bomb": ("image/png", picture("PNG", (10_000, 6_000)), "image-too-many-pixels"),
}


@pytest.mark.parametrize("unusable", UNUSABLE)
def test_what_is_no_usable_photo_is_refused_and_removed(app, waste, s3, queued, unusable):
    content_type, content, code = UNUSABLE[unusable]
    announced = app.announce(content_type)
    assert app.upload(announced, content).status_code == 201
    problem(app.complete(announced["job_id"]), 422, code)
    problem(app.complete(announced["job_id"]), 409, "upload-missing")
    client = s3.client()
    bucket = next(each for each in s3.buckets if "images" in each)
    assert "Contents" not in client.list_objects_v2(Bucket=bucket, Prefix=f"uploads/{announced['job_id']}")
    client.close()
    assert (queued(), waste.execute("SELECT count(*) FROM waste.jobs").fetchone()) == ([], (0,))
    # The same form takes a better one.
    kind = content_type.partition("/")[2].upper()
    assert app.upload(announced, picture(kind)).status_code == 201
    assert app.complete(announced["job_id"]).status_code == 202


def test_a_photo_with_a_long_header_is_read_further(app, waste):
    profile = picture("JPEG", icc_profile=bytes(300_000))
    assert app.complete(app.uploaded(profile)).status_code == 202


def test_the_form_takes_only_what_was_announced(app):
    announced = app.announce()
    assert app.upload(announced, bytes(10 * 1024 * 1024 + 1)).status_code == 400
    assert app.upload(announced, b"").status_code == 400
    assert app.upload(announced, picture(), **{"Content-Type": "text/html"}).status_code == 403
    assert app.upload(announced, picture(), key="uploads/other").status_code == 403


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"content_type": "image/heic"}, 415, "heic-not-accepted"),
        ({"content_type": "image/gif"}, 415, "image-type-not-accepted"),
        ({"content_type": "image/png", "size": 10 * 1024 * 1024 + 1}, 422, "image-too-large"),
        ({"content_type": "image/png", "size": 0}, 422, "invalid-request"),
        ({"content_type": "image/png", "size": True}, 422, "invalid-request"),
        ({}, 422, "invalid-request"),
    ],
)
def test_what_will_not_be_taken_is_refused_at_once(app, redis, body, status, code):
    problem(app.ask("POST", "/analyze", json=body), status, code)
    assert redis.keys("job:*") == []


def test_a_user_is_held_to_a_rate_and_others_are_not(app, http, redis):
    app.announce()
    redis.set(f"rate:analyze:{app.user}", 1000, keepttl=True)
    answer = app.ask("POST", "/analyze", json={"content_type": "image/png"})
    problem(answer, 429, "too-many-photos")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    App(http).announce()


# ---- status


def test_progress_comes_from_redis(app, redis, waste):
    job = app.uploaded()
    app.complete(job)
    record = Progress.from_json(redis.get(job_key(job)))
    advance(redis, record.at(State.IDENTIFYING))
    assert (app.status(job).json()["state"], app.status(job).json()["progress"]) == ("identifying", 70)
    failure = Failure(reason="image-undecodable", detail="Take another one.")
    waste.execute("SELECT waste.fail_job(%s, %s, %s)", [job, failure.reason, failure.detail])
    advance(redis, record.at(State.FAILED, failure=failure))
    assert app.status(job).json()["failure"] == failure.model_dump()


def test_postgresql_is_asked_when_the_record_is_gone(app, redis, waste):
    job = app.uploaded()
    accepted = app.complete(job).json()
    redis.delete(job_key(job))
    assert app.status(job).json() | {"updated_at": ""} == accepted | {"updated_at": ""}


def test_a_silent_job_that_died_is_told_from_postgresql(app, redis, waste, database):
    job = app.uploaded()
    app.complete(job)
    with database.connect("dlq") as dlq:
        dlq.execute("SELECT waste.fail_job(%s, 'task-expired', 'letter 1')", [job])
    assert app.status(job).json()["state"] == "queued"
    silence(redis, job)
    assert app.status(job).json()["failure"] == {"reason": "task-expired", "detail": "letter 1"}
    assert Progress.from_json(redis.get(job_key(job))).state is State.FAILED
    assert problem(app.result(job), 422, "analysis-failed")["reason"] == "task-expired"


def test_a_silent_job_that_goes_on_stays_as_it_is(app, redis, waste):
    job = app.uploaded()
    app.complete(job)
    silence(redis, job)
    assert {app.status(job).json()["state"] for _ in range(3)} == {"queued"}
    assert redis.keys("asked:*") == [f"asked:{job}"]


# ---- result


def test_a_result_comes_from_redis_and_after_its_expiry_from_postgresql(app, redis, waste):
    job = app.uploaded()
    app.complete(job)
    answer = app.result(job)
    assert problem(answer, 409, "not-finished")["state"] == "queued"
    assert answer.headers["Retry-After"] == "1"
    finish(waste, job)
    record = Progress.from_json(redis.get(job_key(job)))
    result = JobResult(
        job_id=uuid.UUID(job),
        classification=Classification.model_validate(CLASSIFICATION),
        feedback="Well done.",
        cached=False,
        finished_at=datetime.now(UTC),
    )
    stored = StoredResult(user_id=app.user, result=result)
    redis.set(result_key(job), stored.model_dump_json(), ex=RESULT_SECONDS)
    advance(redis, record.at(State.DONE))
    first = app.result(job)
    assert (first.status_code, first.json()["classification"]) == (200, CLASSIFICATION)
    redis.flushall()
    again = app.result(job)
    assert again.json() | {"finished_at": ""} == first.json() | {"finished_at": ""}


def test_a_silent_job_that_is_done_has_its_result(app, redis, waste):
    job = app.uploaded()
    app.complete(job)
    finish(waste, job)
    silence(redis, job)
    assert app.result(job).json()["classification"] == CLASSIFICATION
    assert app.status(job).json()["state"] == "done"


# ---- who may


def test_only_the_owner_sees_a_job(app, http, redis, waste):
    job = app.uploaded()
    stranger = App(http)
    problem(stranger.complete(job), 404, "no-such-job")
    app.complete(job)
    for cached in (True, False):
        if not cached:
            finish(waste, job)
            redis.flushall()
        problem(stranger.complete(job), 404, "no-such-job")
        problem(stranger.status(job), 404, "no-such-job")
        problem(stranger.result(job), 404, "no-such-job")
    assert app.status(job).json()["state"] == "done"


@pytest.mark.parametrize("job", ["00000000-0000-4000-8000-000000000000", "x", "%00"])
def test_a_job_that_there_is_not_is_not_found(app, job):
    problem(app.status(job), 404, "no-such-job")
    problem(app.result(job), 404, "no-such-job")
