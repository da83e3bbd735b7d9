"""The steps between which a worker may die, one by one, on the real stores."""

from __future__ import annotations

import io
import json
from uuid import uuid4

import pytest
import redis
from pydantic import SecretStr
from redis.backoff import NoBackoff
from redis.retry import Retry

from apps.common.broker import QueueFull
from apps.common.jobs.progress import State
from apps.worker_ai.answers import Answers
from apps.worker_ai.failures import Hopeless, ModelUnavailable
from apps.worker_ai.findings import Findings
from apps.worker_ai.jobs import Jobs
from apps.worker_ai.photo import Photo
from apps.worker_ai.pipeline import Pipeline
from apps.worker_ai.reading import usable
from apps.worker_ai.settings import OpenAISettings
from apps.worker_ai.vision import Reply, Vision
from tests.servers.model import KEY


class Killed(BaseException):
    """What ends a worker between two lines."""


class Bench:
    """A pipeline whose messages go to a list, and which can be told to die or to find no room."""

    def __init__(self, desk, engine, main: redis.Redis, cache: redis.Redis, model_url: str) -> None:
        self.photos: dict[str, bytes] = {}
        self.sent: list[str] = []
        self.publish_fails: BaseException | None = None
        self.redis, self.cache = main, cache
        self.jobs = Jobs(engine, main)
        self.answers = Answers(main, usable=usable)
        settings = OpenAISettings(base_url=model_url, api_key=SecretStr(KEY), timeout_seconds=5)
        self._vision = Vision(settings)
        self.pipeline = Pipeline(
            jobs=self.jobs,
            findings=Findings(cache),
            answers=self.answers,
            fetch=lambda job: Photo(io.BytesIO(self.photos[job.object_key])),
            model=self._vision,
            publish=self._publish,
        )
        self._desk = desk

    def job(self):
        photo = self._desk.new_photo()
        job = self._desk.job(photo)
        self.photos[f"uploads/{job}"] = photo
        return job

    def close(self) -> None:
        self._vision.close()

    def _publish(self, task: str, kwargs) -> str:  # noqa: ARG002 - as the publisher
        if self.publish_fails:
            raise self.publish_fails
        self.sent.append(task)
        return "id"


@pytest.fixture
def bench(desk, engine, redis_server, redis_cache_server, model):
    retry = Retry(NoBackoff(), 0)
    with (
        redis.Redis.from_url(redis_server.url, retry=retry) as main,
        redis.Redis.from_url(redis_cache_server.url, retry=retry) as cache,
    ):
        one = Bench(desk, engine, main, cache, model.url)
        yield one
        one.close()


def test_each_step_hands_the_job_to_the_next(bench, desk, model):
    job = bench.job()
    states = [desk.row(job)["state"]]
    for step in (bench.pipeline.analyze, bench.pipeline.identify, bench.pipeline.generate):
        step(job)
        states.append(desk.row(job)["state"])
    assert states == ["queued", "analyzing", "identifying", "done"]
    assert bench.sent == ["classification.identify", "feedback.generate"]
    assert desk.result(job).result.job_id == job


def test_a_worker_that_dies_after_the_answer_does_not_pay_for_it_again(bench, desk, model):
    job = bench.job()
    bench.publish_fails = Killed()
    with pytest.raises(Killed):
        bench.pipeline.analyze(job)
    bench.publish_fails = None
    bench.pipeline.analyze(job)
    bench.pipeline.identify(job)
    assert len(model.asked) == 1
    row = desk.row(job)
    assert (row["cached"], row["model_seconds"] > 0) == (False, True)


def test_a_worker_that_dies_after_saving_goes_on_from_there(bench, desk, model):
    job = bench.job()
    bench.pipeline.analyze(job)
    bench.publish_fails = Killed()
    with pytest.raises(Killed):
        bench.pipeline.identify(job)
    bench.publish_fails = None
    bench.redis.flushdb()
    bench.pipeline.identify(job)
    bench.pipeline.generate(job)
    assert desk.row(job)["state"] == "done"
    assert len(model.asked) == 1


def test_an_answer_lost_with_redis_takes_the_job_a_step_back(bench, desk, model):
    job = bench.job()
    bench.pipeline.analyze(job)
    bench.redis.flushdb()
    bench.pipeline.identify(job)
    assert bench.sent[-1] == "image.analyze"
    bench.pipeline.analyze(job)
    bench.pipeline.identify(job)
    bench.pipeline.generate(job)
    assert desk.progress(job).state is State.DONE


def test_a_queue_that_stays_full_is_no_obstacle(bench, desk, model):
    job = bench.job()
    bench.publish_fails = QueueFull("no room")
    bench.pipeline.analyze(job)
    assert desk.row(job)["state"] == "done"
    assert desk.result(job).result.job_id == job
    assert len(model.asked) == 1


def test_an_older_task_does_not_take_a_job_back(bench, desk, model):
    job = bench.job()
    bench.pipeline.analyze(job)
    bench.pipeline.identify(job)
    bench.pipeline.analyze(job)
    assert desk.row(job)["state"] == "identifying"
    assert desk.progress(job).state is State.IDENTIFYING
    assert bench.sent[-1] == "feedback.generate"


def test_a_failure_does_not_take_a_result_back_but_a_result_a_failure(bench, desk, model):
    job = bench.job()
    model.switches.mode = "refusal"
    with pytest.raises(Hopeless) as end:
        bench.pipeline.analyze(job)
    bench.jobs.fail(job, end.value.failure)
    assert desk.progress(job).state is State.FAILED
    bench.redis.flushdb()
    model.reset()

    for step in (bench.pipeline.analyze, bench.pipeline.identify, bench.pipeline.generate):
        step(job)
    bench.jobs.fail(job, end.value.failure)

    row = desk.row(job)
    assert (row["state"], row["failure_reason"], row["failure_detail"]) == ("done", None, None)
    assert desk.progress(job).state is State.DONE


def test_what_lies_in_the_cache_unreadable_is_no_hit(bench, desk, model):
    job = bench.job()
    digest = Photo(io.BytesIO(bench.photos[f"uploads/{job}"])).digest
    bench.cache.set(f"image:{digest.hex()}", json.dumps({"of": "an older version"}))
    bench.pipeline.analyze(job)
    assert len(model.asked) == 1


def test_no_model_answers_while_it_is_to_be_left_alone(bench, model):
    model.switches.mode, model.switches.retry_after = "rate-limited", "30"
    with pytest.raises(ModelUnavailable) as first:
        bench.pipeline.analyze(bench.job())
    with pytest.raises(ModelUnavailable) as second:
        bench.pipeline.analyze(bench.job())
    assert first.value.retry_after == 30
    assert 20 < second.value.retry_after <= 30
    assert len(model.asked) == 1
    bench.redis.delete("model:hold")


def test_a_lease_left_by_a_dead_worker_ends_by_itself(bench):
    digest = b"d" * 32
    bench.redis.lock(f"asking:{digest.hex()}", timeout=1, thread_local=False).acquire(blocking=False)
    answer = bench.answers.obtain(
        digest, uuid4(), lambda: Reply(text="not usable, but one", model="m", seconds=0.1)
    )
    assert answer.calls == 2
    assert bench.redis.get(f"asking:{digest.hex()}") is None
