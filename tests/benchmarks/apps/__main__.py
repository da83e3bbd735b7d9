"""Speed and size of the apps: `./dev bench apps [PART…]`, or `python -m tests.benchmarks.apps`.

Prints a Markdown table, and writes the sections of what it measured, with the method, to RESULTS.md beside
this file; without a PART it measures all. Exits 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import signal
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from tests.benchmarks.apps import cached, drain, endpoints, flood, polling, sizes
from tests.benchmarks.apps.cage import Cage
from tests.benchmarks.apps.stage import Stage
from tests.benchmarks.row import Row, machine, table

RESULTS = Path(__file__).with_name("RESULTS.md")
METHOD = """\
# Speed and size of the apps

Written by `./dev bench apps`. Each process is a workload of `dist/prod` with the command, the environment
and the probes of its manifest (by `tests/e2e`), and the locked packages of its image, against real servers:
RabbitMQ 4, PostgreSQL, Redis and S3's emulation, all on this machine. Its control group has the CPU quota
of the manifest's limit, where a row does not say otherwise.

Load is open: requests begin when they are due, whatever has become of those before, and their time counts
from then. What is wrongly answered counts as never answered. A row of tier 2 is one endpoint that has the
whole load to itself that app.yaml states for a replica (`rps`), after a second that is not counted; "CPU"
is what the process used for a request. The providers answer at once from this machine, and their time is in
the figure. GET status is asked by wrk on 32 connections, about 200 jobs of as many users. The storage's own
time is that of the two requests which a job costs it. A queue is offered all its tasks at once; the model,
the map and the provider take the stated time for each call. The flood comes from 32 clients, each of which
calls upload-complete again as soon as it is answered, while the model takes 5 s; when all have been offered
it takes none, so that the rest drains.

A working set is the larger of two figures: what is resident (anonymous pages of all the pod's processes,
each counted once, and pages of files as if no other pod had them), and what the control group is charged
without inactive files. It is taken after 1,000 jobs with photos of 8 megapixels, one ai-worker analysing
them, then 300 log-ins, profiles, histories and places, each task of batch-worker eight times, and 100 dead
letters.
"""
PARTS: Mapping[str, Callable[[Stage], Iterator[Row]]] = {
    "endpoints": endpoints.rows,
    "status": polling.rows,
    "cache": cached.rows,
    "queues": drain.rows,
    "flood": flood.rows,
    "sizes": sizes.rows,
}


def main() -> int:
    """Measure, print, write; returns the exit code."""
    parser = argparse.ArgumentParser(prog="./dev bench apps", description="Speed and size of the apps.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    parts = parser.parse_args().parts
    if unknown := set(parts) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    # Whoever ends this early ends the servers too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rows: dict[str, list[Row]] = {}
    with Stage.set_up() as stage:
        for part in parts or PARTS:
            began = time.monotonic()
            for row in PARTS[part](stage):
                print(row, file=sys.stderr, flush=True)
                rows.setdefault(part, []).append(row)
            print(f"{part} took {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    held = "" if Cage.possible() else " Nobody was held to a limit: that takes root and control groups."
    sections = _written() | {part: table(found) for part, found in rows.items()}
    told = "\n\n".join(f"## {part}\n\n{sections[part]}" for part in PARTS if part in sections)
    RESULTS.write_text(f"{METHOD}\nMachine: {machine()}.{held}\n\n{told}\n", encoding="utf-8")
    measured = [row for found in rows.values() for row in found]
    print(table(measured))
    return 0 if all(row.met for row in measured) else 1


def _written() -> dict[str, str]:
    """The sections that earlier runs have left, by part."""
    if not RESULTS.exists():
        return {}
    _, *sections = RESULTS.read_text(encoding="utf-8").split("\n## ")
    return {title: text.strip() for title, _, text in (each.partition("\n\n") for each in sections)}


if __name__ == "__main__":
    sys.exit(main())
