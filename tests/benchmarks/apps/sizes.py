"""What each process has in memory after its work, beside what its manifest requests and limits."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from tests.benchmarks.apps.load import Call, expect, hurry
from tests.benchmarks.apps.log_ins import beginnings, returns
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.photos import EIGHT_MEGAPIXELS, announced, camera, completion, upload
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row
from tests.e2e.operator_actions import send
from tests.e2e.substitutions import DATABASE
from tests.servers.kakao_map import scattered
from tierpolicies.quantity import parse_bytes

_JOBS = 1000
_AT_ONCE = 100
_REQUESTS = 300
_PATIENCE_SECONDS = 300
_BINS = "/api/v1/locations/bins"


def rows(stage: Stage) -> Iterator[Row]:
    """Every workload once, after 1,000 jobs with photos of 8 megapixels and some hundred of its own tasks."""
    names = {name.replace("-", "_"): 1 for name in stage.deployments}
    with stage.playing(**names) as actors:
        one = {name: several[0] for name, several in actors.items()}
        for actor in one.values():
            actor.cage.free()
        _analyse(stage, one["waste-service"])
        _visit(stage, one)
        _work(stage)
        for name, actor in sorted(one.items()):
            yield _row(name, actor)


def _row(name: str, actor: Actor) -> Row:
    size, resources = actor.size(), actor.resources
    request, limit = resources["requests"]["memory"], resources["limits"]["memory"]
    charged = "" if size.charged is None else f", charged {_mebibytes(size.charged)}"
    told = f"{_mebibytes(size.judged)} (RSS {_mebibytes(size.rss)}, PSS {_mebibytes(size.pss)}{charged})"
    what = f"{name}: working set; limit {limit}"
    return Row(what, told, f"≤ {request}, its request", size.judged <= parse_bytes(request))


def _mebibytes(size: int) -> str:
    return f"{size / 2**20:.0f} MiB"


def _analyse(stage: Stage, service: Actor) -> None:
    """The jobs, a hundred at a time, so that the storage need not hold them all."""
    people = People(stage.store, stage.folder)
    photos = camera(*EIGHT_MEGAPIXELS)
    for _ in range(_JOBS // _AT_ONCE):
        jobs = announced(people, [service], _AT_ONCE)
        upload(jobs, photos)
        expect(hurry([completion(job, service) for job in jobs], clients=4), 202)
        _wait_for(stage, [job.id for job in jobs])
        stage.world.s3.empty()
    print("sizes: the photos are analysed", file=sys.stderr, flush=True)


def _wait_for(stage: Stage, ids: list[str]) -> None:
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with stage.world.postgres.connect(DATABASE) as connection:
            row = connection.execute(
                "SELECT count(*) FROM waste.jobs WHERE state = 'done' AND id = ANY (%s::uuid[])", [ids]
            ).fetchone()
        if row is not None and row[0] == len(ids):
            return
        if time.monotonic() > end:
            raise SystemExit(f"of {len(ids)} jobs only {row} are done")
        time.sleep(0.2)


def _visit(stage: Stage, actors: dict[str, Actor]) -> None:
    """Log-ins, which api-worker confirms, profiles, histories and bins of many places."""
    auth = actors["auth-service"]
    begun = hurry(beginnings(auth, _REQUESTS), clients=4)
    expect(begun, 302)
    expect(hurry(returns(auth, stage.world.identity_provider, begun), clients=4), 200)
    stage.world.kakao_map.places = scattered(
        3, 400, word="의류수거함", latitude=36, longitude=127.5, metres=9000
    )
    bearers = People(stage.store, stage.folder).bearers(_REQUESTS)
    users, locations = actors["users-service"].url, actors["locations-service"].url
    for paths in (
        [f"{users}/api/v1/users/me"] * _REQUESTS,
        [f"{users}/api/v1/users/me/history"] * _REQUESTS,
        [
            f"{locations}{_BINS}?latitude={36 + number * 0.004:.4f}&longitude=127.5&kind=clothing"
            for number in range(_REQUESTS)
        ],
    ):
        calls = [Call(method="GET", url=url, headers=user) for url, user in zip(paths, bearers, strict=True)]
        expect(hurry(calls, clients=4), 200)


def _work(stage: Stage) -> None:
    """Each task of batch-worker, several times in each of its processes, and letters that nobody can read."""
    url = stage.world.rabbitmq.account_url("celery-beat")
    for _ in range(8):
        send(url, "sched.cleanup.cache", "cleanup.cache", {})
        send(url, "sched.backup.database", "backup.database", {})
        send(url, "sched.stats.aggregate", "stats.aggregate", {})
        send(url, "batch.analytics.daily", "analytics.daily", {})
        send(url, "batch.report.generate", "report.generate", {})
    waste = stage.world.rabbitmq.account_url("waste-service")
    for number in range(100):
        send(waste, "ai.image.analyze", "image.analyze", {"job_id": f"no job's id {number}"})
    end = time.monotonic() + _PATIENCE_SECONDS
    queues = ("q.batch", "q.sched", "q.ai", "q.api", "q.dlq")
    while any(stage.world.rabbitmq.queue_length(name) for name in queues):
        if time.monotonic() > end:
            raise SystemExit("the tasks were not done in time")
        time.sleep(0.5)
