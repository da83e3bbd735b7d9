"""PostgreSQL, Redis and the cache go and come back: nothing that was accepted depends on when."""

from __future__ import annotations

from tests.e2e.faults.ledger import Ends
from tests.e2e.faults.scene import Scene
from tests.e2e.faults.stage import BUSY, Stage
from tests.servers.waiting import eventually


def _postgres_away_at_upload_complete(stage: Stage) -> None:
    upload = stage.upload()
    stage.postgres.stop()
    stage.refuse(upload, code="unavailable")
    stage.postgres.start()
    stage.complete_at_last(upload)


def _postgres_away_in_the_worker(stage: Stage) -> None:
    """The model answers while there is no database; the job is tried again until there is one."""
    stage.model_waits()
    job = stage.submit()
    stage.await_questions(1)
    stage.postgres.stop()
    stage.model_goes_on()
    eventually(lambda: stage.retries("classification.identify"), "the worker tries again", seconds=60)
    assert stage.state(job) == "analyzing"
    stage.postgres.start()


def _postgres_killed_in_the_worker(stage: Stage) -> None:
    stage.model_waits()
    stage.submit()
    stage.await_questions(1)
    stage.postgres.kill()
    stage.model_goes_on()
    stage.postgres.start()


def _postgres_away_longer_than_all_tries(stage: Stage) -> None:
    stage.model_waits()
    stage.submit()
    stage.await_questions(1)
    stage.postgres.stop()
    stage.model_goes_on()
    eventually(lambda: stage.rabbitmq.queue_length("q.dlq") == 1, "the worker has given up", seconds=120)
    stage.postgres.start()


def _redis_away(stage: Stage) -> None:
    """The model answers while there is no Redis: the worker keeps the answer until it can be stored."""
    stage.model_waits()
    job = stage.submit()
    stage.await_questions(1)
    late = stage.upload("offered without Redis")
    stage.redis.stop()
    stage.refuse(late, code="unavailable")
    asked = job.owner.send("GET", f"/api/v1/waste/status/{job.job}")
    assert asked.status_code == BUSY
    stage.model_goes_on()
    stage.await_answer(job)
    stage.redis.start()
    stage.complete_at_last(late)


def _cache_away(stage: Stage) -> None:
    stage.redis_cache.stop()
    job = stage.submit()
    stage.await_state(job, "done")
    stage.redis_cache.start()


ALONE = [
    Scene(name="PostgreSQL away at upload-complete", inject=_postgres_away_at_upload_complete),
    Scene(name="PostgreSQL away in the worker", inject=_postgres_away_in_the_worker),
    Scene(name="PostgreSQL killed in the worker", inject=_postgres_killed_in_the_worker),
    Scene(
        name="PostgreSQL away longer than all tries of a task",
        inject=_postgres_away_longer_than_all_tries,
        expect={"photo": Ends(reason="task-rejected", letters=1)},
    ),
    Scene(
        name="Redis away and back",
        inject=_redis_away,
        expect={"photo": Ends(), "offered without Redis": Ends()},
    ),
    Scene(name="cache away", inject=_cache_away),
]
