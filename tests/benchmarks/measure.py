"""Whole processes, timed one after the other so that a busy machine slows all of them alike."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median


@dataclass(frozen=True)
class Program:
    """A command with the folder to run it in; `before` sets the scene and is not timed."""

    command: list[str]
    folder: Path
    before: Callable[[], object] = lambda: None


@dataclass(frozen=True)
class Figures:
    """The median of the seconds a program took, and the last line it printed last."""

    seconds: float
    answer: str


def medians(programs: Mapping[str, Program], *, runs: int, compiled: Path) -> Mapping[str, Figures]:
    """Run every program `runs` times by turns, after a first time that counts for nothing.

    Python's compiled modules lie in `compiled`, so that all find theirs and none is left behind.
    """
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    environment["PYTHONPYCACHEPREFIX"] = str(compiled)
    seconds: dict[str, list[float]] = {name: [] for name in programs}
    answers: dict[str, str] = {}
    for turn in range(runs + 1):
        for name, program in programs.items():
            program.before()
            start = time.perf_counter()
            done = subprocess.run(
                program.command,
                cwd=program.folder,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )
            took = time.perf_counter() - start
            if done.returncode:
                raise SystemExit(f"{name} failed:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
            answers[name] = (done.stdout.splitlines() or [""])[-1]
            if turn:
                seconds[name].append(took)
    return {name: Figures(median(seconds[name]), answers[name]) for name in programs}
