"""A second judge, who reads one environment while the next is still being composed."""

from __future__ import annotations

import pickle
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from types import TracebackType
from typing import IO, TYPE_CHECKING, cast

if TYPE_CHECKING:  # the judge himself takes 70 ms to import
    from tierpolicies.beside import Request
    from tierpolicies.report.model import Report


class JudgeBeside:
    """The judge in a process of its own, started at once; it ends with the block, or with this process."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tierpolicies.beside"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            process_group=0,  # an interrupt at the terminal is for this process, which then ends that one
        )
        self._latest: Callable[[], Report] | None = None

    def __enter__(self) -> JudgeBeside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._process.communicate()

    def ask(self, request: Request) -> Callable[[], Report]:
        """Ask for a report; the answer waits for it. A second question waits for the first's answer.

        What ended the other process is told on stderr, and the question is answered here instead.
        """
        if self._latest is not None:
            # Both ends writing into full pipes would wait for each other for ever.
            self._latest()
        with suppress(OSError):
            pickle.dump(request, cast("IO[bytes]", self._process.stdin))
            cast("IO[bytes]", self._process.stdin).flush()

        @cache
        def answer() -> Report:
            try:
                return cast("Report", pickle.load(cast("IO[bytes]", self._process.stdout)))  # noqa: S301 - ours
            except Exception:  # half an answer can raise anything; why the other died stands on stderr
                self._process.kill()  # what it says next may belong to another question
                from tierpolicies.beside import answer_to  # noqa: PLC0415 - loads the judge

                return answer_to(request)

        self._latest = answer
        return answer
