"""`celery -A apps.worker_ai.main worker`: the tasks of q.ai."""

from __future__ import annotations

import math
import random
from uuid import UUID

from celery import current_task

from apps.common.broker import Worker
from apps.common.settings import BrokerSettings, ServiceSettings, load
from apps.worker_ai.connections import NEEDED, Connections
from apps.worker_ai.failures import Hopeless, MalformedMessage, ModelUnavailable, failure_of
from apps.worker_ai.pipeline import ANALYZE, GENERATE, IDENTIFY, Step

for _needed in NEEDED:
    load(_needed)

worker = Worker(service=load(ServiceSettings), broker=load(BrokerSettings))
app = worker.app
# A broker that restarts delivers its messages again. A call of the model that is under way goes on: it costs, and
# whoever gets the message next waits for its answer.
app.conf.worker_cancel_long_running_tasks_on_connection_loss = False
connections = Connections(worker.publisher)


def give_up(error: BaseException, kwargs: dict[str, object]) -> None:
    """All tries are used up: the job fails, and its message goes to the dead letters."""
    if not isinstance(error, MalformedMessage):
        connections.jobs.fail(_identified(kwargs.get("job_id")), failure_of(error))


@worker.task(ANALYZE, on_failure=give_up, give_up_on=(MalformedMessage,))
def image_analyze(job_id: str) -> None:
    """Find out what is on the photo of a job."""
    _run(connections.pipeline.analyze, job_id)


@worker.task(IDENTIFY, on_failure=give_up, give_up_on=(MalformedMessage,))
def classification_identify(job_id: str) -> None:
    """Bring what the model said into the platform's terms."""
    _run(connections.pipeline.identify, job_id)


@worker.task(GENERATE, on_failure=give_up, give_up_on=(MalformedMessage,))
def feedback_generate(job_id: str) -> None:
    """Write what the user reads."""
    _run(connections.pipeline.generate, job_id)


def _run(step: Step, job_id: str) -> None:
    identified = _identified(job_id)
    try:
        step(identified)
    except Hopeless as end:
        connections.jobs.fail(identified, end.failure)
    except ModelUnavailable as error:
        raise current_task.retry(exc=error, countdown=_delay(error.retry_after)) from None


def _identified(job_id: object) -> UUID:
    try:
        return UUID(str(job_id))
    except ValueError:
        raise MalformedMessage(f"{str(job_id)[:40]!r} is no job's id") from None


def _delay(retry_after: float) -> int:
    """Seconds until the next try: 2, 4, 8 as for every error, and not before the model wants to be asked.

    Who was told to wait waits up to a quarter longer, so that not all come back in the same second.
    """
    backoff: int = 2 ** (current_task.request.retries + 1)
    spread = retry_after * random.uniform(1, 1.25)  # noqa: S311 - no secret
    return max(backoff, math.ceil(spread))
