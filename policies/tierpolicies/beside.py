"""The judge as a process of its own: requests come in on stdin, reports go out on stdout, both pickled.

`python -m tierpolicies.beside` serves whoever started it until its stdin ends, which it does by
itself when the other side dies. It trusts its caller, as a function would.
"""

import pickle
import signal
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierpolicies.platform import Platform
from tierpolicies.report.model import Report


@dataclass(frozen=True, slots=True)
class Request:
    """What `judge` is asked, by its own names."""

    folder: Path
    platform: Platform
    today: date


def answer_to(request: Request) -> Report:
    """The judge's report on what was asked."""
    from tierpolicies.judgement import judge  # noqa: PLC0415 (whoever only asks needs no judge)

    return judge(request.folder, platform=request.platform, today=request.today)


def main() -> None:
    """Answer every request in its order; whatever cannot be answered ends the process."""
    # An interrupt is for the process that asks; this one goes when that one does.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    from tierpolicies.engine.registry import every_rule  # noqa: PLC0415 (as above)
    from tierpolicies.judgement import judge  # noqa: F401, PLC0415 (before the first question comes)
    from tierpolicies.schemas.bundle import bundle  # noqa: PLC0415 (as above)

    every_rule()
    bundle()
    while True:
        try:
            request = pickle.load(sys.stdin.buffer)  # noqa: S301 - from the process that started this one
        except EOFError:
            return
        pickle.dump(answer_to(request), sys.stdout.buffer)
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
