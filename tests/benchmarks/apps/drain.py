"""How many tasks a minute each queue's workers do, by the replicas and the concurrency of their manifests."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from apps.common.bins.grid import Cell, Point
from tests.benchmarks.apps.load import expect, hurry
from tests.benchmarks.apps.log_ins import beginnings, returns
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.photos import announced, camera, completion, upload
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row
from tests.e2e.monitors import scrape
from tests.e2e.operator_actions import send
from tests.e2e.substitutions import DATABASE
from tests.servers.kakao_map import scattered

_PATIENCE_SECONDS = 180
_AI_JOBS, _MODEL_SECONDS = 60, 5.0
_SEARCHES, _MAP_SECONDS = 100, 0.5
_LOG_INS, _PROVIDER_SECONDS = 50, 0.3
_DAYS, _JOBS_A_DAY = 10, 5000

_JOBS = """
    INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width, height,
        created_at, accepted_at, published_at, ended_at, object_deleted_at)
    SELECT gen_random_uuid(), md5((number %% 500)::text)::uuid, 'done', 'uploads/' || number, 'e',
        'image/jpeg', 1, 1, 1, moment, moment, moment, moment + interval '9 s', moment
    FROM generate_series(1, %(days)s * %(jobs)s) AS number,
        LATERAL (SELECT %(first)s::date + number * interval '1 day' / %(jobs)s AS moment) AS moments
"""
_CLASSIFICATIONS = """
    INSERT INTO waste.classifications (job_id, content_hash, item, material, category, disposal_steps,
        confidence, feedback, cached, model, model_seconds)
    SELECT id, decode(md5(id::text) || md5(id::text), 'hex'), 'drink bottle', 'transparent PET', 'pet-bottle',
        ARRAY['Empty it.'], 0.9, 'Empty it.', false, 'gpt-4o', 4.2
    FROM waste.jobs WHERE created_at < %(first)s::date + interval '1 year'
    ON CONFLICT DO NOTHING
"""


def rows(stage: Stage) -> Iterator[Row]:
    """Each queue offered at once what its workers then take minutes, or less, to do."""
    yield _ai(stage)
    yield _api(stage)
    yield _batch(stage)


def _ai(stage: Stage) -> Row:
    people = People(stage.store, stage.folder)
    workers = stage.replicas("ai-worker")
    with stage.playing(waste_service=1, ai_worker=workers) as actors:
        services = actors["waste-service"]
        jobs = announced(people, services, _AI_JOBS)
        upload(jobs, camera(1024, 768))
        stage.world.model.switches.latency = _MODEL_SECONDS
        began = time.monotonic()
        expect(hurry([completion(job, services[0]) for job in jobs]), 202)
        minutes = _wait(stage, actors["ai-worker"], "feedback.generate", len(jobs), began)
        who = _told(actors["ai-worker"])
    stage.world.model.reset()
    what = f"q.ai: jobs a minute by {who}, the model takes {_MODEL_SECONDS:g} s a call"
    return _row(what, len(jobs) / minutes, 20)


def _api(stage: Stage) -> Row:
    """map.search and oauth.verify, two of the one for each of the other."""
    place = {"latitude": 36.0, "longitude": 127.5}
    stage.world.kakao_map.places = scattered(2, 200, word="의류수거함", metres=20_000, **place)
    with stage.playing(auth_service=1, api_worker=stage.replicas("api-worker")) as actors:
        actors["auth-service"][0].cage.free()
        service = actors["auth-service"][0]
        begun = hurry(beginnings(service, _LOG_INS), clients=4)
        expect(begun, 302)
        returning = returns(service, stage.world.identity_provider, begun)
        stage.world.kakao_map.latency = _MAP_SECONDS
        stage.world.identity_provider.switches.latency = _PROVIDER_SECONDS
        began = time.monotonic()
        url = stage.world.rabbitmq.account_url("locations-service")
        for number in range(_SEARCHES):
            cell = Cell.of(Point(place["latitude"] + number * 0.01, place["longitude"]), 1000)
            send(url, "api.map.search", "map.search", {"kind": "clothing", "cell": str(cell)})
        expect(hurry(returning, clients=4), 200)
        workers = actors["api-worker"]
        _wait(stage, workers, "map.search", _SEARCHES, began)
        minutes = _wait(stage, workers, "oauth.verify", len(returning), began)
        who = _told(workers)
    stage.world.kakao_map.reset()
    stage.world.identity_provider.reset()
    what = (
        f"q.api: tasks a minute by {who}, the map takes {_MAP_SECONDS:g} s"
        f" and the provider {_PROVIDER_SECONDS:g} s a call"
    )
    return _row(what, (_SEARCHES + len(returning)) / minutes, 100)


def _batch(stage: Stage) -> Row:
    """analytics.daily of ten days and report.generate of each, over rows as a platform of some months has."""
    first = date(2026, 1, 1)
    days = [(first + timedelta(days=number)).isoformat() for number in range(_DAYS)]
    _fill(stage, first)
    with stage.playing(batch_worker=stage.replicas("batch-worker")) as actors:
        workers = actors["batch-worker"]
        url = stage.world.rabbitmq.account_url("celery-beat")
        began = time.monotonic()
        for day in days:
            send(url, "batch.analytics.daily", "analytics.daily", {"day": day})
        for day in days:
            send(url, "batch.report.generate", "report.generate", {"period": day})
        _wait(stage, workers, "analytics.daily", _DAYS, began)
        minutes = _wait(stage, workers, "report.generate", _DAYS, began)
        who = _told(workers)
    what = f"q.batch: tasks a minute by {who}, {_JOBS_A_DAY} jobs a day"
    return _row(what, 2 * _DAYS / minutes, 2)


def _fill(stage: Stage, first: date) -> None:
    """Jobs that are done, spread over each of the days."""
    with stage.world.postgres.connect(DATABASE) as connection:
        connection.execute(_JOBS, {"first": first, "days": _DAYS, "jobs": _JOBS_A_DAY})
        connection.execute(_CLASSIFICATIONS, {"first": first})


def _row(what: str, measured: float, goal: float) -> Row:
    return Row(what, f"{measured:.0f}", f"≥ {goal:g}", measured >= goal)


def _told(workers: Sequence[Actor]) -> str:
    command = workers[0].pod.container["command"]
    concurrency = command[command.index("--concurrency") + 1]
    held = f" held to {workers[0].cage.cpu} CPU" if workers[0].cage.holds else ""
    return f"{len(workers)} x {concurrency} of {workers[0].name}{held}"


def _wait(stage: Stage, workers: Sequence[Actor], task: str, number: int, began: float) -> float:
    """Minutes from `began` until the workers' own metrics tell that the tasks have succeeded."""
    pods = [worker.pod for worker in workers]
    while True:
        found = [
            each.sum("celery_tasks_total", task=task, state="success")
            for each in scrape(stage.manifests, pods)
        ]
        passed = time.monotonic() - began
        if sum(found) >= number:
            return passed / 60
        if passed > _PATIENCE_SECONDS:
            raise SystemExit(f"{task}: {sum(found):.0f} of {number} succeeded in {passed:.0f} s")
        time.sleep(0.2)
