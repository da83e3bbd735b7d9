"""Speed and size of the apps: `./dev bench apps [PART…]`, or `python -m tests.benchmarks.apps`.

Prints a Markdown table a part, and writes all, with the method, to RESULTS.md beside this file when no part
was chosen. Exits 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Mapping

from tests.benchmarks.apps import cached, drain, endpoints, flood, polling, sizes
from tests.benchmarks.apps.stage import Stage
from tests.benchmarks.row import Row

PARTS: Mapping[str, Callable[[Stage], Iterator[Row]]] = {
    "endpoints": endpoints.rows,
    "status": polling.rows,
    "cache": cached.rows,
    "queues": drain.rows,
    "flood": flood.rows,
    "sizes": sizes.rows,
}


def main() -> int:
    parser = argparse.ArgumentParser(prog="./dev bench apps", description="Speed and size of the apps.")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"{', '.join(PARTS)}; all by default")
    chosen = parser.parse_args().parts or list(PARTS)
    if unknown := set(chosen) - PARTS.keys():
        parser.error(f"no such part: {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    rows = []
    with Stage.set_up() as stage:
        for part in chosen:
            began = time.monotonic()
            for row in PARTS[part](stage):
                print(row, flush=True)
                rows.append(row)
            print(f"{part}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return 0 if all(row.met for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
