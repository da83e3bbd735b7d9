"""From an uploaded photo to what its user reads, in three tasks.

Each task may be delivered again, at any time and in any order: it looks at what is done already, and goes on
from there. What one leaves to the next lies in Redis until PostgreSQL has it; when it is lost on the way, the
job goes a step back instead of failing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Final, Protocol
from uuid import UUID

import structlog

from apps.common.broker import QueueFull
from apps.common.jobs.progress import State
from apps.common.jobs.result import Classification
from apps.worker_ai.answers import Answer, Answers
from apps.worker_ai.failures import ANSWER_INVALID, Hopeless
from apps.worker_ai.feedback.composition import compose
from apps.worker_ai.findings import Finding, Findings
from apps.worker_ai.jobs import Classified, Job, Jobs
from apps.worker_ai.photo import Photo
from apps.worker_ai.reading import AnswerInvalid, read
from apps.worker_ai.vision import Reply

ANALYZE: Final = "image.analyze"
IDENTIFY: Final = "classification.identify"
GENERATE: Final = "feedback.generate"

Step = Callable[[UUID], None]
_TRIES = 3
_ROOM_SECONDS = 0.5
_log = structlog.get_logger(__name__)


class Publish(Protocol):
    """As `Publisher.publish`."""

    def __call__(self, task: str, kwargs: Mapping[str, object]) -> str: ...


class Model(Protocol):
    """As `Vision`."""

    def ask(self, photo: bytes) -> Reply: ...


class Pipeline:
    """The three steps, by what they need.

    Args:
        fetch: gets a job's photo.
    """

    def __init__(
        self,
        *,
        jobs: Jobs,
        findings: Findings,
        answers: Answers,
        fetch: Callable[[Job], Photo],
        model: Model,
        publish: Publish,
    ) -> None:
        self._jobs = jobs
        self._findings = findings
        self._answers = answers
        self._fetch = fetch
        self._model = model
        self._publish = publish

    def analyze(self, job_id: UUID) -> None:
        """Find out what is on the photo: from the cache, which ends the job, or from the model.

        Raises:
            Hopeless: the photo is missing, another one or none; or the model has no usable answer to it.
            ModelUnavailable: there is no answer yet.
        """
        job = self._enter(job_id, State.ANALYZING)
        if job is None:
            return
        if self._jobs.classified(job_id) is not None:
            self._go_on(GENERATE, job_id, self.generate)
            return
        photo = self._fetch(job)
        finding = self._findings.get(photo.digest)
        if finding is not None:
            found = Classified(
                classification=finding.classification,
                content_hash=photo.digest,
                model=finding.model,
                cached=True,
            )
            self._jobs.save(job, found)
            self._jobs.finish(job, compose(finding.classification))
            return
        answer = self._answers.obtain(photo.digest, job_id, lambda: self._model.ask(photo.reduced()))
        _read(answer)
        self._answers.assign(job_id, photo.digest)
        self._go_on(IDENTIFY, job_id, self.identify)

    def identify(self, job_id: UUID) -> None:
        """Bring the model's answer into the platform's terms, and store it for this job and the next ones.

        Raises:
            Hopeless: the answer is not usable.
        """
        job = self._enter(job_id, State.IDENTIFYING)
        if job is None:
            return
        found = self._jobs.classified(job_id)
        if found is None:
            assigned = self._answers.assigned(job_id)
            if assigned is None:
                _log.warning("the model's answer is lost: asking again")
                self._publish(ANALYZE, {"job_id": str(job_id)})
                return
            digest, answer = assigned
            classification = _read(answer)
            asked = answer.asked_by == job_id
            found = Classified(
                classification=classification,
                content_hash=digest,
                model=answer.model,
                cached=not asked,
                model_seconds=answer.seconds if asked else None,
            )
            self._jobs.save(job, found)
        self._findings.put(
            found.content_hash, Finding(classification=found.classification, model=found.model)
        )
        self._go_on(GENERATE, job_id, self.generate)

    def generate(self, job_id: UUID) -> None:
        """Write what the user reads, and end the job."""
        job = self._enter(job_id, State.COMPOSING)
        if job is None:
            return
        found = self._jobs.classified(job_id)
        if found is None:
            self._publish(IDENTIFY, {"job_id": str(job_id)})
            return
        self._jobs.finish(job, compose(found.classification))

    def _enter(self, job_id: UUID, state: State) -> Job | None:
        job = self._jobs.enter(job_id, state)
        if job is not None and job.state is State.DONE:
            self._jobs.tell_result(job)
            return None
        return job

    def _go_on(self, task: str, job_id: UUID, step: Step) -> None:
        """Hand the job to the next task; when the queue stays full, do it here.

        A retry through the broker would not help: its message comes back to the same full queue, which lets
        the broker wait for minutes before it offers it again. This task's own message is not acknowledged
        before the next step is done, so that nothing depends on this process.
        """
        for _ in range(_TRIES):
            try:
                self._publish(task, {"job_id": str(job_id)})
            except QueueFull:
                time.sleep(_ROOM_SECONDS)
            else:
                return
        _log.warning("the queue stays full: going on without it", next=task)
        step(job_id)


def _read(answer: Answer) -> Classification:
    try:
        return read(answer.text)
    except AnswerInvalid as error:
        _log.warning("model's answer not usable", reason=str(error), calls=answer.calls)
        raise Hopeless(ANSWER_INVALID) from None
