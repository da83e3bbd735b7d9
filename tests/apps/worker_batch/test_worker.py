"""The worker as one whole: its processes, its metrics, its end."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path

from tests.apps.worker_batch.conftest import until
from tests.servers import manifests

GRACE_SECONDS = manifests.pod("Deployment", "batch-worker")["terminationGracePeriodSeconds"]
"""What the manifest grants: each process of the pool may wait half a minute for word of its last task."""


def children(worker) -> list[int]:
    pid = worker.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_process_that_dies_is_replaced_and_what_it_counted_stays(worker, waste):
    for _ in range(8):
        worker.run("stats.aggregate")
    before = worker.runs("stats.aggregate")
    processes = children(worker)
    assert len(processes) == 4

    for process in processes:
        os.kill(process, signal.SIGKILL)
    until(lambda: len(set(children(worker)) - set(processes)) == 4, "four new processes")
    worker.run("stats.aggregate")

    assert worker.runs("stats.aggregate") == before + 1


def twenty(worker, task: str) -> None:
    before = worker.runs(task)
    for _ in range(20):
        worker.send(task)
    until(lambda: worker.runs(task) == before + 20, f"20 of {task} succeed")


def test_when_every_process_has_run_every_task_memory_stays_under_the_manifests_request(worker, waste):
    def megabytes() -> int:
        processes = (worker.process.pid, *children(worker))
        rollups = [Path(f"/proc/{process}/smaps_rollup").read_text() for process in processes]
        found = [int(each) for each in re.findall(r"^Pss: +(\d+) kB", "".join(rollups), re.MULTILINE)]
        return sum(found) // 1024

    request = manifests.pod("Deployment", "batch-worker")["containers"][0]["resources"]["requests"]["memory"]

    for task in ("stats.aggregate", "cleanup.cache", "backup.database", "report.generate", "analytics.daily"):
        twenty(worker, task)

    assert megabytes() < int(request.removesuffix("Mi"))


def test_what_a_worker_had_in_hand_when_it_was_terminated_or_killed_is_done_by_the_next(worker, waste):
    periods = {f"{year}-{month:02}" for year in (2024, 2025) for month in range(1, 13)}

    for number, period in enumerate(sorted(periods)):
        worker.send("report.generate", period=period)
        if number == 8:
            assert worker.process.terminate(seconds=GRACE_SECONDS) == 0
            worker.process.start()
        if number == 16:
            worker.process.kill()
            worker.process.start()

    def reported() -> set[str]:
        return {period for (period,) in waste.execute("SELECT period FROM waste.reports").fetchall()}

    until(lambda: reported() == periods, "every report is there")
    assert len(list(worker.folder.glob("batch-worker-metrics-*"))) == 1
