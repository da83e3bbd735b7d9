"""users-service as a process, on real servers, and analyses as waste would have left them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from tests.apps.services import Service
from tests.apps.tokens import Tokens

ME = "/api/v1/users/me"
NOON = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)
"""Noon in Seoul."""


class Users(Service):
    """The service, asked by whom a test says."""

    def __init__(self, environment, tokens, *, folder):
        super().__init__("users-service", environment, folder=folder)
        self.tokens = tokens

    def ask(self, method, user, path="", *, headers=(), **what):
        told = self.tokens.bearer(user) | dict(headers)
        return self.http.request(method, ME + path, headers=told, **what)

    def change(self, user, change, *, tag=None):
        if tag is None:
            tag = self.ask("GET", user).headers["ETag"]
        return self.ask("PATCH", user, json=change, headers={"If-Match": tag})

    def pages(self, user, **query):
        """The history page by page, from the first to the last."""
        cursor: str | None = None
        while True:
            following = {"cursor": cursor} if cursor else {}
            answer = self.ask("GET", user, "/history", params=query | following)
            assert answer.status_code == 200, answer.text
            body = answer.json()
            yield body["analyses"]
            cursor = body["next"]
            if cursor is None:
                return


class Analyses:
    """Rows of schema waste, by its own role."""

    def __init__(self, connection):
        self._connection = connection

    def add(self, user, *, at=NOON, category=None, failure=None, job: UUID | None = None):
        job = job or uuid4()
        state = "failed" if failure else "done" if category else "analyzing"
        ended = None if state == "analyzing" else at + timedelta(seconds=5)
        self._connection.execute(
            """INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width,
                   height, created_at, accepted_at, updated_at, ended_at, failure_reason)
               VALUES (%s, %s, %s, %s, 'e', 'image/jpeg', 1, 1, 1, %s, %s, %s, %s, %s)""",
            (job, user, state, f"uploads/{job}", at, at, at, ended, failure),
        )
        if category:
            self._connection.execute(
                """INSERT INTO waste.classifications (job_id, content_hash, item, material, category,
                       disposal_steps, confidence, cached, model)
                   VALUES (%s, %s, 'bottle', 'PET', %s, '{Empty it.}', 0.9, false, 'gpt-4o')""",
                (job, b"h" * 32, category),
            )
        return job

    def count(self, user):
        query = "SELECT count(*) FROM waste.jobs WHERE user_id = %s"
        return self._connection.execute(query, (user,)).fetchone()[0]

    def orphans(self):
        return {row[0] for row in self._connection.execute("SELECT object_key FROM waste.orphaned_objects")}


@pytest.fixture(scope="module")
def tokens(tmp_path_factory):
    return Tokens(tmp_path_factory.mktemp("tokens"))


@pytest.fixture(scope="module")
def environment(database, redis_server, tokens):
    return database.environment("users") | redis_server.environment() | tokens.environment()


@pytest.fixture(scope="module")
def users(environment, tokens, tmp_path_factory):
    service = Users(environment, tokens, folder=tmp_path_factory.mktemp("service"))
    yield service
    service.close()


@pytest.fixture(scope="module")
def analyses(database):
    with database.connect("waste") as connection:
        yield Analyses(connection)


@pytest.fixture
def user():
    """Somebody who has never been here."""
    return uuid4()
