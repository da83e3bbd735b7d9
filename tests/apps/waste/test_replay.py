"""A job whose dead letter an operator replays is told as what it is, although Redis still has its failure."""

from __future__ import annotations

import pytest

from apps.common.jobs.progress import Failure, Progress, State, advance, job_key
from tests.apps.waste.conftest import problem

FAILURE = Failure(reason="task-rejected", detail="The analysis failed: take the photo once more.")


@pytest.fixture
def redis(redis_server):
    with redis_server.client() as client:
        yield client


@pytest.fixture
def failed(app, redis, waste, database):
    """A job that has failed, in PostgreSQL and in Redis."""
    job = app.uploaded()
    app.complete(job)
    with database.connect("dlq") as dlq:
        dlq.execute("SELECT waste.fail_job(%s, %s, %s)", [job, FAILURE.reason, FAILURE.detail])
    assert advance(redis, _record(redis, job).at(State.FAILED, failure=FAILURE))
    return job


def _record(redis, job):
    return Progress.from_json(redis.get(job_key(job)))


def _replay(database, job):
    with database.connect("dlq") as dlq:
        assert dlq.execute("SELECT waste.requeue_job(%s)", [job]).fetchone() == (True,)


def test_a_job_that_has_failed_is_told_so(app, failed):
    assert app.status(failed).json()["failure"] == FAILURE.model_dump()
    assert problem(app.result(failed), 422, "analysis-failed")["reason"] == FAILURE.reason


@pytest.mark.parametrize("asked_first", ["status", "result"])
def test_a_replayed_job_waits_again(app, redis, failed, database, asked_first):
    _replay(database, failed)
    if asked_first == "result":
        assert problem(app.result(failed), 409, "not-finished")["state"] == "queued"
    status = app.status(failed).json()
    assert (status["state"], status["progress"], status["failure"]) == ("queued", 10, None)
    assert _record(redis, failed).failure is None


def test_a_replayed_job_goes_on_from_there(app, redis, failed, database):
    _replay(database, failed)
    app.status(failed)
    assert advance(redis, _record(redis, failed).at(State.ANALYZING))
    assert app.status(failed).json()["state"] == "analyzing"


def test_a_replayed_job_that_fails_again_is_told_so(app, redis, failed, database):
    _replay(database, failed)
    app.status(failed)
    with database.connect("dlq") as dlq:
        dlq.execute("SELECT waste.fail_job(%s, 'task-expired', 'again')", [failed])
    assert advance(
        redis, _record(redis, failed).at(State.FAILED, failure=Failure(reason="task-expired", detail="again"))
    )
    assert app.status(failed).json()["failure"] == {"reason": "task-expired", "detail": "again"}


def test_postgresql_is_asked_once_in_a_while(app, redis, failed):
    for _ in range(5):
        app.status(failed)
    assert redis.keys("asked:*") == [f"asked:{failed}"]
    assert redis.ttl(f"asked:{failed}") <= 5


def test_a_job_that_postgresql_does_not_know_stays_as_it_was(app, redis, failed, waste):
    waste.execute("DELETE FROM waste.jobs WHERE id = %s", [failed])
    assert app.status(failed).json()["state"] == "failed"
