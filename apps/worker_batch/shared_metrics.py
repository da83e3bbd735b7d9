"""Metrics of a worker with several processes: each writes files of its own, the first one reads them all.

Import it before anything that makes a metric: prometheus_client decides at its import where values live.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

FOLDER = "PROMETHEUS_MULTIPROC_DIR"
_PREFIX = "batch-worker-metrics-"


def set_up() -> Path:
    """Make an empty folder for this worker, and remove those of workers that are gone.

    A restarted container finds what the one before it left in /tmp, and has the same process id. Counters
    start at 0 with the process, as Prometheus expects.
    """
    root = Path(tempfile.gettempdir())
    for left in root.glob(f"{_PREFIX}*"):
        if not _runs(left.name.removeprefix(_PREFIX)) or left.name == f"{_PREFIX}{os.getpid()}":
            shutil.rmtree(left, ignore_errors=True)
    folder = root / f"{_PREFIX}{os.getpid()}"
    folder.mkdir(mode=0o700)
    os.environ[FOLDER] = str(folder)
    return folder


def _runs(process: str) -> bool:
    return process.isdecimal() and Path("/proc", process).exists()
