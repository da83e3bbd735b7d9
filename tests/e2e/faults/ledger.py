"""Every job that the platform accepted, and what became of it: the books that each scene must close.

What counts is told by four witnesses, none of whom knows of the others: the user's own requests, PostgreSQL,
the broker's queues, and the model's log.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from psycopg.rows import dict_row

from apps.worker_ai.failures import Hopeless
from apps.worker_ai.photo import reduce
from tests.e2e.app import MobileApp
from tests.e2e.substitutions import DATABASE
from tests.servers.model_answers import answer_about
from tests.servers.waiting import eventually

if TYPE_CHECKING:
    from tests.servers.model import ModelServer
    from tests.servers.postgres import Postgres
    from tests.servers.rabbitmq import RabbitMQ

PATIENCE_SECONDS = 120
"""Longer than all tries of a task and every wait for a dead worker's lease, on a slow machine."""

_POLL_SECONDS = 0.1
_BOOKED = """
    SELECT jobs.id::text AS job, state, failure_reason, ended_at, content_hash, item,
           (SELECT count(*) FROM dlq.letters WHERE letters.job_id = jobs.id) AS letters
    FROM waste.jobs LEFT JOIN waste.classifications ON classifications.job_id = jobs.id
    WHERE jobs.user_id = ANY (%s)
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


@dataclass(frozen=True, kw_only=True)
class Upload:
    """A photo that lies in the storage, with the job that was promised for it.

    Attributes:
        part: What it is there for: the key of what the scene expects of it.
    """

    part: str
    owner: MobileApp
    job: str
    photo: bytes


class Ledger:
    """The jobs of one scene."""

    def __init__(self, *, postgres: Postgres, rabbitmq: RabbitMQ, model: ModelServer) -> None:
        self._postgres = postgres
        self._rabbitmq = rabbitmq
        self._model = model
        self._accepted: dict[str, Upload] = {}
        self._refused: dict[str, Upload] = {}

    def accept(self, upload: Upload) -> None:
        """Write down a job that the platform has said to have."""
        self._refused.pop(upload.job, None)
        self._accepted[upload.job] = upload

    def refuse(self, upload: Upload) -> None:
        """Write down a job that the platform has said not to have; it may be accepted later."""
        self._refused[upload.job] = upload

    def close(self, expected: Mapping[str, Ends]) -> None:
        """See that each job ended as its part says, once and for good, and that there is nothing else."""
        parts = {each.part for each in self._accepted.values()}
        assert parts == set(expected), "the scene expects something of each part that it plays"
        told = {job: self._awaited(upload) for job, upload in self._accepted.items()}
        for queue in ("q.ai", "q.dlq"):
            eventually(
                lambda queue=queue: self._rabbitmq.queue_length(queue) == 0, f"{queue} is empty", seconds=60
            )
        # Messages that came twice have come by now: what was told before must still hold.
        assert {job: _told(upload) for job, upload in self._accepted.items()} == told
        self._check_database(told, expected)
        self._check_history()
        self._check_model(expected)

    def _awaited(self, upload: Upload) -> dict[str, Any]:
        """What its user is told once the job has ended."""
        end = time.monotonic() + PATIENCE_SECONDS
        state = ""
        while time.monotonic() < end:
            answer = upload.owner.send("GET", f"/api/v1/waste/status/{upload.job}")
            if answer.status_code != 503:  # then an app asks again
                assert answer.status_code == 200, answer.text
                state = answer.json()["state"]
                if state in {"done", "failed"}:
                    return _told(upload)
            time.sleep(_POLL_SECONDS)
        message = f"{upload.part}: job {upload.job} is {state} after {PATIENCE_SECONDS} s"
        return pytest.fail(message, pytrace=False)

    def _check_database(self, told: Mapping[str, Mapping[str, Any]], expected: Mapping[str, Ends]) -> None:
        owners = {each.owner for each in (*self._accepted.values(), *self._refused.values())}
        users = [each.ask("GET", "/api/v1/users/me")["id"] for each in owners]
        with self._database() as connection:
            rows = {row["job"]: row for row in connection.execute(_BOOKED, [users]).fetchall()}
        assert set(rows) == set(self._accepted), "PostgreSQL has the accepted jobs, and no others"
        for job, upload in self._accepted.items():
            row, ends = rows[job], expected[upload.part]
            where = f"{upload.part}: {row} {told[job]}"
            assert (row["failure_reason"] or "", row["letters"]) == (ends.reason, ends.letters), where
            assert row["ended_at"], where
            if ends.reason:
                assert (row["state"], told[job]["reason"]) == ("failed", ends.reason), where
            else:
                assert row["content_hash"] == sha256(upload.photo).digest(), where
                seen = answer_about(_picture(upload.photo))
                assert (row["state"], row["item"]) == ("done", seen["item"]), where
                assert told[job]["classification"] == seen, where

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
        wanted = {
            _picture(each.photo): (expected[each.part].asked, expected[each.part].answered)
            for each in self._accepted.values()
            if expected[each.part].asked
        }
        assert {image: (asked[image], answered[image]) for image in asked} == wanted

    def _database(self) -> psycopg.Connection[dict[str, Any]]:
        connection = self._postgres.connect(DATABASE)
        connection.row_factory = dict_row  # type: ignore[assignment]  # the type tells the default one
        return connection  # type: ignore[return-value]


def _told(upload: Upload) -> dict[str, Any]:
    """What the user gets of a job that has ended: its result, or the problem with the reason."""
    answer = upload.owner.send("GET", f"/api/v1/waste/result/{upload.job}")
    assert answer.status_code in {200, 422}, answer.text
    found = answer.json()
    assert isinstance(found, dict)
    return found


def _picture(photo: bytes) -> str:
    """SHA-256, in hex, of what the model is shown of a photo; empty for what it is not shown."""
    with suppress(Hopeless):
        return sha256(reduce(io.BytesIO(photo))).hexdigest()
    return ""
