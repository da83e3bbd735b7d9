"""10,000 jobs, offered faster than they drain: where each of them ends, and what that takes of memory."""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import cycle

from tests.benchmarks.apps.load import Answer, expect, hurry, percentile
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.photos import Job, announced, camera, completion, upload
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row
from tests.e2e.substitutions import DATABASE

_JOBS = 10_000
_WARM = 1000
"""Jobs before memory is first looked at."""

_CLIENTS = 32
_MODEL_SECONDS = 5.0
_GROWTH = 16 * 2**20
"""Bytes that a process may have more after ten times as many jobs: pools and caches that fill up once."""

_PATIENCE_SECONDS = 600


def rows(stage: Stage) -> Iterator[Row]:
    """The workers of the manifests; the CPU is not limited, so that the load comes about."""
    people = People(stage.store, stage.folder)
    replicas = {name: stage.replicas(name) for name in ("waste-service", "ai-worker", "dlq-collector")}
    with stage.playing(**{name.replace("-", "_"): number for name, number in replicas.items()}) as actors:
        everyone = [actor for several in actors.values() for actor in several]
        for actor in everyone:
            actor.cage.free()
        services = actors["waste-service"]
        jobs = announced(people, services, _JOBS)
        upload(jobs, camera(64, 48))
        stage.world.model.switches.latency = _MODEL_SECONDS
        began = time.monotonic()
        answers = _offered(jobs[:_WARM], services)
        before = {actor.pod.name: actor.size().judged for actor in everyone}
        answers += _offered(jobs[_WARM:], services)
        rate = _JOBS / (time.monotonic() - began)
        expect(answers, 202, 503)
        stage.world.model.switches.latency = 0
        ended = _ended(stage, jobs)
        growth = {actor.pod.name: actor.size().judged - before[actor.pod.name] for actor in everyone}
    stage.world.model.reset()
    yield _ends(answers, ended, rate)
    most = max(growth, key=lambda name: growth[name])
    told = f"{growth[most] / 2**20:+.1f} MiB ({most})"
    what = f"memory of the process that grew most, from job {_WARM:,} to the last"
    yield Row(what, told, f"≤ {_GROWTH // 2**20} MiB, our own", growth[most] <= _GROWTH)


def _offered(jobs: Sequence[Job], services: Sequence[Actor]) -> list[Answer]:
    calls = [completion(job, service) for job, service in zip(jobs, cycle(services))]
    return hurry(calls, clients=_CLIENTS)


def _ended(stage: Stage, jobs: Sequence[Job]) -> Mapping[str, int]:
    """Wait until no job is under way, and count them by how they ended."""
    ids = [job.id for job in jobs]
    end = time.monotonic() + _PATIENCE_SECONDS
    while True:
        with stage.world.postgres.connect(DATABASE) as connection:
            found = connection.execute(
                "SELECT coalesce(failure_reason, state), count(*) FROM waste.jobs"
                " WHERE id = ANY (%s::uuid[]) GROUP BY 1",
                [ids],
            ).fetchall()
        counts = dict(found)
        under_way = sum(counts.get(state, 0) for state in ("queued", "analyzing", "identifying", "composing"))
        print(f"flood: {counts}", file=sys.stderr, flush=True)
        if not under_way:
            return counts
        if time.monotonic() > end:
            raise SystemExit(f"{under_way} jobs have not ended within {_PATIENCE_SECONDS} s: {counts}")
        time.sleep(2)


def _ends(answers: Sequence[Answer], ended: Mapping[str, int], rate: float) -> Row:
    statuses = Counter(each.status for each in answers)
    accepted, refused = statuses[202], statuses[503]
    hints = sum("Retry-After" in each.headers for each in answers if each.status == 503)
    done = ended.get("done", 0)
    failed = {reason: number for reason, number in ended.items() if reason != "done"}
    whole = accepted == sum(ended.values()) and hints == refused and accepted + refused == len(answers)
    reasons = (
        f" ({', '.join(f'{reason} {number}' for reason, number in sorted(failed.items()))})" if failed else ""
    )
    told = (
        f"{done} finished, {sum(failed.values())} failed{reasons}, {refused} refused with 503 and Retry-After"
    )
    late = percentile([each.seconds for each in answers], 0.95)
    what = f"{len(answers):,} jobs offered at {rate:.0f}/s (p95 of the answer {late * 1000:.0f} ms)"
    return Row(what, told, f"{len(answers):,} in all, none lost", whole)
