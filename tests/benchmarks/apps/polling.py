"""GET status: how many a second one process answers, without and with its CPU limit."""

from __future__ import annotations

import json
import shutil
import subprocess
import uuid
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from uuid import UUID

from apps.common.jobs.progress import Progress, State, advance
from tests.benchmarks.apps.people import People
from tests.benchmarks.apps.photos import WASTE
from tests.benchmarks.apps.stage import Actor, Stage
from tests.benchmarks.row import Row

_JOBS = 200
_CONNECTIONS = 32
_SECONDS = 4
"""Less than a job may be silent before PostgreSQL is asked about it."""

_RUNS = 3
_GOAL = 2500
_SCRIPT = """
local requests, turn = {}, 0
init = function()
  for line in io.lines("%s") do
    local path, token = line:match("(%%S+) (.+)")
    table.insert(requests, wrk.format("GET", path, {["Authorization"] = token}))
  end
end
request = function()
  turn = turn %% #requests + 1
  return requests[turn]
end
done = function(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout
  io.stderr:write(string.format('{"answered": %%d, "failed": %%d, "microseconds": %%d, "p95": %%d}',
    summary.requests, failed, summary.duration, latency:percentile(95)))
end
"""


def rows(stage: Stage) -> Iterator[Row]:
    """By wrk: as many as it gets on 32 connections, of jobs that are being worked on."""
    people = People(stage.store, stage.folder)
    users = [uuid.uuid4() for _ in range(_JOBS)]
    jobs = [uuid.uuid4() for _ in users]
    file = stage.folder / "status.txt"
    file.write_text(
        "".join(
            f"{WASTE}/status/{job} {people.bearer(user)['Authorization']}\n"
            for job, user in zip(jobs, users, strict=True)
        )
    )
    with stage.playing(waste_service=1) as actors:
        service = actors["waste-service"][0]
        service.cage.free()
        found = [_run(stage, service, file, users, jobs) for _ in range(_RUNS)]
        told = f"{median(rate for rate, _ in found):.0f}/s (p95 {median(late for _, late in found):.0f} ms)"
        met = median(rate for rate, _ in found) >= _GOAL
        yield Row("GET status on one process, CPU not limited", told, f"≥ {_GOAL}/s", met)
        if service.cage.holds:
            service.cage.hold()
            rate, late = _run(stage, service, file, users, jobs)
            told = f"{rate:.0f}/s (p95 {late:.0f} ms)"
            yield Row(f"the same, held to its {service.cage.cpu} CPU", told, "told, not judged", True)


def _run(
    stage: Stage, service: Actor, file: Path, users: list[UUID], jobs: list[UUID]
) -> tuple[float, float]:
    """Answers a second, and the 95th percentile in milliseconds."""
    with stage.world.redis.client() as redis:
        for user, job in zip(users, jobs, strict=True):
            promised = Progress.promised(job_id=job, user_id=user, content_type="image/jpeg")
            advance(redis, promised.at(State.ANALYZING))
    wrk = shutil.which("wrk")
    if wrk is None:
        raise SystemExit("wrk is missing: install it (Debian: apt-get install wrk)")
    script = file.with_suffix(".lua")
    script.write_text(_SCRIPT % file)
    command = [wrk, "-t1", f"-c{_CONNECTIONS}", f"-d{_SECONDS}s", "-s", str(script), service.url]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    told = json.loads(done.stderr)
    if told["failed"]:
        raise SystemExit(f"wrk: {told['failed']} requests failed\n{done.stdout}")
    return told["answered"] / told["microseconds"] * 1e6, told["p95"] / 1000
