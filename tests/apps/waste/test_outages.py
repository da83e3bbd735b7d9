"""What the service answers while a neighbour is away, and that nothing is lost meanwhile."""

from __future__ import annotations

import pytest

from tests.apps.waste.conftest import problem
from tests.servers.waiting import eventually

QUEUE_POLICY = "/policies/%2F/full"


def assert_busy(answer, code):
    problem(answer, 503, code)
    assert 1 <= int(answer.headers["Retry-After"]) <= 60


@pytest.fixture
def small_queue(rabbitmq, queued):
    """q.ai with room for a single message."""
    small = {"pattern": "^q\\.ai$", "apply-to": "queues", "definition": {"max-length": 1}, "priority": 9}
    rabbitmq.management(QUEUE_POLICY, method="PUT", body=small)
    yield
    rabbitmq.management(QUEUE_POLICY, method="DELETE")
    queued()


def test_a_full_queue_refuses_a_job_which_is_accepted_later(app, waste, queued, small_queue):
    taken: list[str] = []
    refused: list[str] = []

    def is_full():
        job = app.uploaded()
        answer = app.complete(job)
        (refused if answer.status_code == 503 else taken).append(job)
        return refused

    eventually(is_full, "the queue is full")
    (job,) = refused
    assert_busy(app.complete(job), "busy")
    assert app.status(job).json()["state"] == "awaiting-upload"
    assert {str(row[0]) for row in waste.execute("SELECT id FROM waste.jobs").fetchall()} == set(taken)
    assert set(queued()) == set(taken)
    eventually(lambda: app.complete(job).status_code == 202, "the queue has room again")
    assert queued() == [job]


def test_without_the_broker_a_job_is_not_accepted(app, waste, rabbitmq, queued, http):
    job = app.uploaded()
    rabbitmq.stop()
    try:
        assert_busy(app.complete(job), "busy")
        assert app.status(job).status_code == 200
        assert http.get("/readyz").status_code == 200
    finally:
        rabbitmq.start()
    assert app.complete(job).status_code == 202
    assert queued() == [job]


def test_without_postgresql_progress_is_told_and_nothing_is_accepted(app, waste, database, http):
    accepted, waiting = app.uploaded(), app.uploaded()
    assert app.complete(accepted).status_code == 202
    database.server.stop()
    try:
        assert_busy(app.complete(waiting), "unavailable")
        assert app.status(accepted).json()["state"] == "queued"
        app.announce()
        assert http.get("/readyz").status_code == 200
    finally:
        database.server.start()
    assert app.complete(waiting).status_code == 202


def test_without_redis_nothing_is_answered_and_all_comes_back(app, waste, redis_server, http):
    job = app.uploaded()
    redis_server.stop()
    try:
        for answer in (
            app.status(job),
            app.result(job),
            app.complete(job),
            app.ask("POST", "/analyze", json={"content_type": "image/png"}),
        ):
            assert_busy(answer, "unavailable")
        assert http.get("/readyz").status_code == 503
        assert http.get("/healthz").status_code == 200
    finally:
        redis_server.start()
    assert app.complete(job).status_code == 202


def test_without_the_storage_photos_are_announced_and_not_accepted(app, waste, s3):
    job = app.uploaded()
    s3.forget()
    s3.fail(requests=100)
    try:
        app.announce()
        assert s3.asked() == []  # signing needs no network
        assert_busy(app.complete(job), "storage-unavailable")
    finally:
        s3.forget()
    assert app.complete(job).status_code == 202


def test_a_slow_storage_is_not_waited_for(app, waste, s3):
    job = app.uploaded()
    s3.fail(delay=12)
    try:
        assert_busy(app.complete(job), "storage-unavailable")
    finally:
        s3.forget()
    assert app.complete(job).status_code == 202
