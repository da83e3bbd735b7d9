"""A photo that is known: from upload-complete to the result."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import islice, repeat
from uuid import UUID

import aiohttp
from redis.asyncio import Redis

from apps.common.jobs.result import result_key
from tests.benchmarks.apps.load import Call, expect, paced, percentile, send, session
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.photos import EIGHT_MEGAPIXELS, WASTE, Job, announced, camera, completion, upload
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row

_JOBS = 100
_RATE = 4
_LOOK_SECONDS = 0.002
_HEAD_BYTES = 64 * 1024
_GOAL = 0.1


def rows(stage: Stage) -> Iterator[Row]:
    """First as fast as this machine is, then with service and worker within their limits."""
    people = People(stage.store, stage.folder)
    photo = next(camera(*EIGHT_MEGAPIXELS))
    with stage.playing(waste_service=1, ai_worker=1) as actors:
        cages = [actors[name][0].cage for name in ("waste-service", "ai-worker")]
        service = actors["waste-service"][0]
        for cage in cages:
            cage.free()
        jobs = announced(people, [service], 1 + 2 * _JOBS)
        upload(jobs, repeat(photo))
        asyncio.run(_all(stage, jobs[: _JOBS // 10], service))  # the model is asked once
        storage = percentile(_storage_seconds(stage, jobs), 0.95)
        yield _row(stage, jobs[_JOBS // 10 : _JOBS], service, storage, "CPU not limited")
        if all(cage.holds for cage in cages):
            for cage in cages:
                cage.hold()
            held = " and ".join(cage.cpu for cage in cages)
            yield _row(stage, jobs[_JOBS:], service, storage, f"service and worker held to {held} CPU")


def _row(stage: Stage, jobs: Sequence[Job], service: Actor, storage: float, how: str) -> Row:
    seconds = asyncio.run(_all(stage, jobs, service))
    p95, middle = percentile(seconds, 0.95), percentile(seconds, 0.5)
    told = f"{p95 * 1000:.0f} ms (median {middle * 1000:.0f} ms; the storage {storage * 1000:.0f} ms)"
    goal = "< 100 ms and the storage's own time"
    return Row(
        f"cache hit, {_RATE}/s, from upload-complete to result, {how}: p95", told, goal, p95 < _GOAL + storage
    )


async def _all(stage: Stage, jobs: Sequence[Job], service: Actor) -> list[float]:
    redis = Redis.from_url(stage.world.redis.url)
    async with session() as client, redis:
        return await paced((partial(_one, client, redis, job, service) for job in jobs), rate=_RATE)


async def _one(client: aiohttp.ClientSession, redis: Redis, job: Job, service: Actor, due: float) -> float:
    """Seconds until the result was answered. That it is there is seen in Redis: nobody asks in vain."""
    expect([await send(client, completion(job, service), due)], 202)
    while not await redis.exists(result_key(UUID(job.id))):
        await asyncio.sleep(_LOOK_SECONDS)
    url = f"{service.url}{WASTE}/result/{job.id}"
    answer = await send(client, Call(method="GET", url=url, headers=job.bearer), due)
    expect([answer], 200)
    return answer.seconds


def _storage_seconds(stage: Stage, jobs: Sequence[Job]) -> list[float]:
    """How long the storage takes for what it is asked: the photo's first bytes, and then all of it."""
    client = stage.world.s3.client()
    bucket = stage.world.s3.environment("waste-service")["S3_BUCKET"]
    taken = []
    for job in islice(jobs, 50):
        began = time.perf_counter()
        key = job.fields["key"]
        client.get_object(Bucket=bucket, Key=key, Range=f"bytes=0-{_HEAD_BYTES - 1}")["Body"].read()
        client.get_object(Bucket=bucket, Key=key)["Body"].read()
        taken.append(time.perf_counter() - began)
    client.close()
    return taken
