"""A worker for tests: its tasks do as they are told, on the delivered queue q.ai."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import structlog

from apps.common.broker import Worker
from apps.common.settings import BrokerSettings, ServiceSettings, load

worker = Worker(service=load(ServiceSettings), broker=load(BrokerSettings))
app = worker.app
SEEN = Path(os.environ["SEEN_FILE"])


def note(word: str) -> None:
    """Append a line, with the request's id if it came across the queue."""
    known = structlog.contextvars.get_contextvars()
    with SEEN.open("a") as file:
        file.write(f"{word} {known.get('job_id')} {known.get('request_id')}\n")


class Hopeless(Exception):  # noqa: N818 - no name of the product
    """No second try mends it."""

    reason = "hopeless"


def failed(error: BaseException, kwargs: dict[str, object]) -> None:
    """The task's own last word; as a word that needs a store which is away, it may fail too."""
    note(f"failed-{type(error).__name__}-{kwargs['job_id']}")
    if kwargs.get("do") == "give-up-speechless":
        raise ConnectionError


@worker.task("image.analyze", on_failure=failed, give_up_on=(Hopeless,))
def analyze(job_id: str, do: str = "run") -> None:
    """Do what the message says."""
    note(do)
    if do == "slow":
        time.sleep(2)
        note("slow-done")
    elif do == "raise":
        raise ValueError(job_id)
    elif do.startswith("give-up"):
        raise Hopeless
    elif do == "die-once" and SEEN.read_text().count("die-once") == 1:
        os.kill(os.getpid(), signal.SIGKILL)
