"""What nobody needs goes, by a real worker; all else stays."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from apps.common.jobs.progress import PROGRESS_SECONDS, Progress, State, job_key
from apps.common.jobs.result import result_key
from apps.worker_batch.cleaning.images import Images
from tests.apps.worker_batch.conftest import add_job


@pytest.fixture
def redis(redis_server):
    client = redis_server.client()
    client.flushdb()
    yield client
    client.close()


@pytest.fixture
def bucket(s3, backup_environment):
    s3.empty()
    yield backup_environment["S3_BUCKET"]
    s3.forget()


@pytest.fixture
def client(s3):
    client = s3.client()
    yield client
    client.close()


def put(client, bucket: str, *keys: str) -> None:
    for key in keys:
        client.put_object(Bucket=bucket, Key=key, Body=b"x")


def keys(client, bucket: str) -> set[str]:
    return {each["Key"] for each in client.list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_jobs_that_are_stuck_fail_with_a_reason_that_the_app_is_told(waste, worker, redis):
    now = datetime.now(UTC)
    stuck = add_job(waste, accepted_at=now - timedelta(hours=1), updated_at=now - timedelta(seconds=601))
    slow = add_job(waste, accepted_at=now - timedelta(hours=1), updated_at=now - timedelta(seconds=500))
    done = add_job(waste, accepted_at=now - timedelta(hours=1), category="glass")

    worker.run("cleanup.cache")

    states = dict(waste.execute("SELECT id, state FROM waste.jobs").fetchall())
    assert states == {stuck: "failed", slow: "analyzing", done: "done"}
    assert waste.execute("SELECT failure_reason FROM waste.jobs WHERE id = %s", [stuck]).fetchone() == (
        "stuck",
    )
    record = Progress.from_json(redis.get(job_key(stuck)))
    assert (record.state, record.failure and record.failure.reason) == (State.FAILED, "stuck")
    assert redis.get(job_key(slow)) is None


def test_more_stuck_jobs_than_one_batch_all_end(waste, worker, redis):
    long_ago = datetime.now(UTC) - timedelta(hours=2)
    for _ in range(1100):
        add_job(waste, accepted_at=long_ago)

    worker.run("cleanup.cache")

    assert waste.execute("SELECT count(*) FROM waste.jobs WHERE state <> 'failed'").fetchone() == (0,)


def test_records_without_an_expiry_get_one_and_results_of_deleted_jobs_go(waste, worker, redis):
    job = add_job(waste, category="glass")
    endless, promised, deleted = uuid4(), uuid4(), uuid4()
    redis.set(job_key(endless), "{}")
    redis.set(job_key(promised), "{}", ex=100)
    redis.set(result_key(job), json.dumps({}), ex=100)
    redis.set(result_key(deleted), json.dumps({}), ex=100)
    redis.set("revoked:token:x", "1")
    many = {result_key(uuid4()): "{}" for _ in range(1500)}
    redis.mset(many)

    worker.run("cleanup.cache")

    assert 0 < redis.ttl(job_key(endless)) <= PROGRESS_SECONDS
    left = set(redis.scan_iter(count=1000))
    assert left == {job_key(endless), job_key(promised), result_key(job), "revoked:token:x"}
    assert redis.ttl(job_key(promised)) <= 100


def test_photos_of_deleted_users_and_old_ones_go(waste, worker, client, bucket, redis):
    now = datetime.now(UTC)
    kept = add_job(waste, accepted_at=now - timedelta(days=29), category="glass")
    old = add_job(waste, accepted_at=now - timedelta(days=31), category="glass")
    orphans = [f"uploads/orphan-{n}" for n in range(3)]
    put(client, bucket, f"uploads/{kept}", f"uploads/{old}", *orphans[:2], "reports/2026-10/x.csv")
    for key in orphans:
        waste.execute("INSERT INTO waste.orphaned_objects (object_key) VALUES (%s)", [key])

    worker.run("cleanup.cache")

    assert keys(client, bucket) == {f"uploads/{kept}", "reports/2026-10/x.csv"}
    assert waste.execute("SELECT count(*) FROM waste.orphaned_objects").fetchone() == (0,)
    removed = waste.execute("SELECT id FROM waste.jobs WHERE object_deleted_at IS NOT NULL").fetchall()
    assert removed == [(old,)]


def test_uploads_that_no_job_was_accepted_with_go_after_two_hours(waste, engine, client, bucket):
    job = add_job(waste, category="glass")
    put(client, bucket, f"uploads/{job}", "uploads/abandoned", "reports/2026-10/x.csv")
    images = Images(engine, client, bucket=bucket)
    now = datetime.now(UTC)

    assert images.remove_abandoned(now + timedelta(hours=1)) == 0
    assert images.remove_abandoned(now + timedelta(hours=3)) == 1
    assert keys(client, bucket) == {f"uploads/{job}", "reports/2026-10/x.csv"}


def test_a_part_that_fails_holds_up_no_other_and_is_tried_again(waste, worker, client, bucket, s3):
    waste.execute("INSERT INTO waste.orphaned_objects (object_key) VALUES ('uploads/orphan')")
    put(client, bucket, "uploads/orphan")
    stuck = add_job(waste, accepted_at=datetime.now(UTC) - timedelta(hours=1))
    s3.fail(requests=3)

    worker.run("cleanup.cache")

    assert waste.execute("SELECT state FROM waste.jobs WHERE id = %s", [stuck]).fetchone() == ("failed",)
    assert keys(client, bucket) == set()
