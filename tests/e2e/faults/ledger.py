"""Every job that the platform accepted, and what became of it: the books that each scene must close.

What counts is told by four witnesses, none of whom knows of the others: the user's own requests, PostgreSQL,
the broker's queues, and the model's log.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import pytest

from tests.e2e.faults.upload import Upload
from tests.e2e.substitutions import DATABASE
from tests.servers.model_answers import answer_about
from tests.servers.waiting import eventually

if TYPE_CHECKING:
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ

_PATIENCE_SECONDS = 120
"""Longer than all tries of a task and every wait for a dead worker's lease, on a slow machine."""

_POLL_SECONDS = 0.1
_BOOKED = """
    SELECT jobs.id::text, state, coalesce(failure_reason, ''), ended_at IS NOT NULL, content_hash, item,
           (SELECT count(*) FROM dlq.letters WHERE letters.job_id = jobs.id)
    FROM waste.jobs LEFT JOIN waste.classifications ON classifications.job_id = jobs.id
    WHERE jobs.user_id = ANY (%s::uuid[])
"""


@dataclass(frozen=True, kw_only=True)
class Ends:
    """What must become of a job.

    Attributes:
        reason: Why it failed; empty for a result.
        asked: How often the model was asked about its picture, by all jobs with that picture together.
        answered: How many of these questions the model answered, which is what is paid for.
        letters: How many of its messages the collector has stored.
    """

    reason: str = ""
    asked: int = 1
    answered: int = 1
    letters: int = 0


@dataclass(frozen=True)
class _Booked:
    """A job as PostgreSQL has it."""

    job: str
    state: str
    reason: str
    ended: bool
    content_hash: bytes | None
    item: str | None
    letters: int


class Ledger:
    """The jobs of one scene.

    Args:
        pictures: Of all scenes so far, what the model may be shown; this one's are added.
    """

    def __init__(
        self, *, postgres: Postgres, rabbitmq: RabbitMQ, model: ModelServer, pictures: set[str]
    ) -> None:
        self._postgres = postgres
        self._rabbitmq = rabbitmq
        self._model = model
        self._pictures = pictures
        self._accepted: dict[str, Upload] = {}
        self._refused: list[Upload] = []

    def accept(self, upload: Upload) -> None:
        """Write down a job that the platform has said to have."""
        self._accepted[upload.job] = upload
        self._pictures.add(upload.picture)

    def refuse(self, upload: Upload) -> None:
        """Write down a job that the platform has said not to have; it may be accepted later."""
        self._refused.append(upload)

    def close(self, expected: Mapping[str, Ends]) -> None:
        """See that each job ended as its part says, once and for good, and that there is nothing else."""
        parts = {each.part for each in self._accepted.values()}
        assert parts == set(expected), "the scene expects something of each part that it plays"
        told = {job: self._awaited(upload) for job, upload in self._accepted.items()}
        for queue in ("q.ai", "q.dlq"):
            eventually(partial(self._is_empty, queue), f"{queue} is empty", seconds=60)
        # Messages that came twice have come by now: what was told before must still hold.
        assert {job: _told(upload) for job, upload in self._accepted.items()} == told
        self._check_database(told, expected)
        self._check_history()
        self._check_model(expected)

    def _awaited(self, upload: Upload) -> dict[str, Any]:
        """What its user is told once the job has ended."""
        end = time.monotonic() + _PATIENCE_SECONDS
        state = ""
        while time.monotonic() < end:
            answer = upload.owner.send("GET", f"/api/v1/waste/status/{upload.job}")
            if answer.status_code != 503:  # then an app asks again
                assert answer.status_code == 200, answer.text
                state = answer.json()["state"]
                if state in {"done", "failed"}:
                    return _told(upload)
            time.sleep(_POLL_SECONDS)
        message = f"{upload.part}: job {upload.job} is {state} after {_PATIENCE_SECONDS} s"
        return pytest.fail(message, pytrace=False)

    def _is_empty(self, queue: str) -> bool:
        return self._rabbitmq.queue_length(queue) == 0

    def _check_database(self, told: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Ends]) -> None:
        owners = {each.owner for each in (*self._accepted.values(), *self._refused)}
        users = [each.ask("GET", "/api/v1/users/me")["id"] for each in owners]
        with self._postgres.connect(DATABASE) as connection:
            rows = [_Booked(*row) for row in connection.execute(_BOOKED, [users]).fetchall()]
        assert {row.job for row in rows} == set(self._accepted), "the accepted jobs, and no others"
        for row in rows:
            upload = self._accepted[row.job]
            ends, answer = expected[upload.part], told[row.job]
            assert (row.reason, row.letters, row.ended) == (ends.reason, ends.letters, True), upload.part
            if ends.reason:
                assert (row.state, answer["reason"]) == ("failed", ends.reason), upload.part
            else:
                seen = answer_about(upload.picture)
                assert (row.state, row.item) == ("done", seen["item"]), upload.part
                assert row.content_hash == sha256(upload.photo).digest(), upload.part
                assert answer["classification"] == seen, upload.part

    def _check_history(self) -> None:
        """Each user finds each of their jobs once."""
        for owner in {each.owner for each in self._accepted.values()}:
            page = owner.ask("GET", "/api/v1/users/me/history", params={"limit": 100})
            listed = Counter(each["job_id"] for each in page["analyses"])
            assert listed == Counter(job for job, each in self._accepted.items() if each.owner is owner)

    def _check_model(self, expected: Mapping[str, Ends]) -> None:
        log = list(self._model.asked)
        asked = Counter(each.image for each in log)
        answered = Counter(each.image for each in log if each.answered)
        for upload in self._accepted.values():
            ends = expected[upload.part]
            counted = asked[upload.picture], answered[upload.picture]
            assert counted == (ends.asked, ends.answered), f"{upload.part}: questions, answers"
        assert set(asked) <= self._pictures, "the model is shown photos of accepted jobs, and nothing else"


def _told(upload: Upload) -> dict[str, Any]:
    """What the user gets of a job that has ended: its result, or the problem with the reason."""
    answer = upload.owner.send("GET", f"/api/v1/waste/result/{upload.job}")
    assert answer.status_code in {200, 422}, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found
