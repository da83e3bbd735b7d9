"""How long a program of a test lives."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import get_native_id

from tests.servers.process import REPOSITORY, Process
from tests.servers.waiting import eventually

_RUN_AND_DIE = """
import os, pathlib, signal
from tests.servers.process import Process
print(Process(["sleep", "600"], {}, log=pathlib.Path(os.devnull)).start().pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_it_outlives_the_thread_that_started_it(tmp_path):
    process = Process(["sleep", "600"], {}, log=tmp_path / "log")

    def start() -> Path:
        process.start().wait_until(lambda: _program(process.pid) == "sleep", "it is itself")
        return Path(f"/proc/self/task/{get_native_id()}")

    with ThreadPoolExecutor(1) as threads:
        thread = threads.submit(start).result()
    try:
        eventually(lambda: not thread.exists(), "the thread is gone")
        assert process.running
    finally:
        process.kill()


def test_it_does_not_outlive_a_test_run_that_is_killed():
    run = subprocess.run(
        [sys.executable, "-c", _RUN_AND_DIE], cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert run.returncode == -9, run.stderr
    eventually(lambda: not _runs(int(run.stdout)), "the program is gone")


def _program(pid: int) -> str:
    return Path(f"/proc/{pid}/comm").read_text().strip()


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"  # whoever inherits it has not looked yet
