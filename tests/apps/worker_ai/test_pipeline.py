"""From the photo to the result, by the delivered command on real servers."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path

import pytest

from apps.common.jobs.progress import State, job_key
from apps.common.jobs.result import result_key
from tests.apps.worker_ai.conftest import Worker
from tests.apps.worker_ai.photos import jpeg
from tests.servers import manifests
from tests.servers.model import KEY
from tests.servers.waiting import eventually

TASKS = ("image.analyze", "classification.identify", "feedback.generate")


def test_a_new_photo_is_shown_to_the_model_once_and_ends_in_a_result(desk, worker, model):
    photo = desk.new_photo(size=(3264, 2448))
    job = desk.accept(photo)
    desk.done(job)

    (asked,) = model.asked
    assert (asked.size, asked.model) == ((1024, 768), "gpt-4o-2024-11-20")
    row, told = desk.row(job), desk.result(job)
    assert (row["cached"], row["content_hash"]) == (False, sha256(photo).digest())
    assert row["model_seconds"] > 0
    assert told.user_id == row["user_id"]
    assert told.result.classification.item == row["item"]
    assert told.result.feedback == row["feedback"]
    assert "1. Empty it.\n2. Rinse it.\n3. " in told.result.feedback
    assert told.result.finished_at == row["ended_at"]
    assert (desk.progress(job).state, desk.progress(job).progress) == (State.DONE, 100)


def test_the_same_photo_again_ends_at_once(desk, worker, model):
    photo = desk.new_photo()
    first = desk.accept(photo)
    desk.done(first)
    identified = worker.metric("celery_tasks_total", task="classification.identify")

    second = desk.accept(photo)
    desk.done(second)

    assert len(model.asked) == 1
    assert worker.metric("celery_tasks_total", task="classification.identify") == identified
    assert desk.result(second).result.classification == desk.result(first).result.classification
    assert desk.result(second).result.cached
    assert (desk.row(second)["cached"], desk.row(second)["model_seconds"]) == (True, None)


def test_different_photos_have_different_results(desk, worker, model):
    jobs = [desk.accept() for _ in range(6)]
    desk.done(*jobs)
    assert len({desk.result(job).result.classification.item for job in jobs}) == 6


def test_jobs_with_one_photo_at_several_workers_call_the_model_once(
    desk, worker, model, environment, tmp_path
):
    other = Worker(environment, tmp_path, name="other").start()
    try:
        model.switches.latency = 2
        photo = desk.new_photo()
        jobs = [desk.accept(photo) for _ in range(24)]
        desk.done(*jobs)
    finally:
        other.process.terminate()
    assert len(model.asked) == 1
    assert sorted(desk.row(job)["cached"] for job in jobs) == [False] + [True] * 23


@pytest.mark.parametrize("task", TASKS)
def test_a_task_that_comes_first_or_once_more_changes_nothing(desk, worker, model, task):
    job = desk.job()
    desk.send(job, task)
    desk.done(job)
    result = desk.result(job)

    desk.redis.delete(result_key(job), job_key(job))
    desk.send(job, task)
    eventually(lambda: desk.redis.get(result_key(job)), "the result is told again")

    assert desk.result(job) == result
    assert len(model.asked) == 1


def test_tasks_that_all_come_at_once_lead_to_one_result(desk, worker, model):
    model.switches.latency = 0.5
    job = desk.job()
    for task in TASKS * 3:
        desk.send(job, task)
    desk.done(job)
    assert len(model.asked) == 1


def test_a_worker_killed_while_the_model_answers_costs_one_more_call(desk, worker, model):
    model.switches.latency = 1
    job = desk.accept()
    eventually(lambda: model.busy, "the model is asked")
    worker.process.kill()
    worker.start()
    desk.done(job)
    assert len(model.asked) == 2


def test_sigterm_lets_jobs_end_or_go_back(desk, worker, model):
    model.switches.latency = 0.5
    jobs = [desk.accept() for _ in range(8)]
    eventually(lambda: model.busy, "the model is asked")
    worker.process.terminate(seconds=60)
    worker.start()
    desk.done(*jobs)
    assert len(model.asked) == 8


def test_without_the_cache_jobs_end_all_the_same(desk, worker, model, redis_cache_server):
    redis_cache_server.stop()
    try:
        job = desk.accept()
        desk.done(job)
    finally:
        redis_cache_server.start()


def test_redis_that_comes_back_while_the_model_answers_costs_no_call(desk, worker, model, redis_server):
    model.switches.latency = 1.5
    job = desk.accept()
    eventually(lambda: model.busy, "the model is asked")
    redis_server.stop()
    try:
        eventually(lambda: not model.busy, "it has answered")
    finally:
        redis_server.start()
    desk.done(job)
    assert len(model.asked) == 1


def test_no_key_no_password_and_no_image_is_logged(desk, worker, model, environment):
    job = desk.accept()
    desk.done(job)
    log = worker.log.read_text()
    secrets = [value for name, value in environment.items() if name.endswith("PASSWORD")]
    assert not [each for each in [*secrets, KEY] if each in log]
    assert "base64," not in log
    assert not re.search(r"[A-Za-z0-9+/]{200}", log)
    assert f'"job_id": "{job}"' in log


def test_photos_of_eight_megapixels_stay_within_the_manifests_request(desk, worker, model):
    request = manifests.pod("Deployment", "ai-worker")["containers"][0]["resources"]["requests"]["memory"]
    photo = jpeg(7, size=(3264, 2448), quality=98)
    photo += bytes(max(0, 4_000_000 - len(photo)))
    jobs = [desk.accept(photo + bytes([number])) for number in range(24)]
    desk.done(*jobs, seconds=120)
    status = Path(f"/proc/{worker.process.pid}/status").read_text()
    peak = re.search(r"^VmHWM:\s+(\d+) kB", status, re.MULTILINE)
    assert peak is not None
    assert int(peak[1]) // 1024 < int(request.removesuffix("Mi"))
