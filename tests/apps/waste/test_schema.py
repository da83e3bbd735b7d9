"""The schema as the migration Job leaves it, by each role that may do something there."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from apps.common.jobs.tables import SCHEMA, metadata


@pytest.fixture
def waste(database):
    with database.connect("waste") as connection:
        connection.execute("TRUNCATE waste.jobs, waste.orphaned_objects CASCADE")
        yield connection


def add_job(waste, *, user=None, state="queued"):
    job = uuid4()
    waste.execute(
        """INSERT INTO waste.jobs (id, user_id, state, object_key, etag, content_type, size, width, height,
               created_at, ended_at, failure_reason)
           VALUES (%(job)s, %(user)s, %(state)s, %(key)s, 'e', 'image/jpeg', 1, 1, 1, now(),
                   CASE WHEN %(state)s IN ('done', 'failed') THEN now() END,
                   CASE WHEN %(state)s = 'failed' THEN 'stuck' END)""",
        {"job": job, "user": user or uuid4(), "state": state, "key": f"uploads/{job}"},
    )
    return job


def state_of(waste, job):
    question = "SELECT state, failure_reason, failure_detail, ended_at IS NULL FROM waste.jobs WHERE id = %s"
    return waste.execute(question, [job]).fetchone()


def test_the_migrations_make_what_the_apps_expect(database):
    database.environment("waste")  # fails when they failed
    engine = create_engine(database.url.replace("postgresql://", "postgresql+psycopg://"))

    def ours(name, kind, _):
        return name == SCHEMA if kind == "schema" else True

    with engine.connect() as connection:
        options = {
            "include_schemas": True,
            "include_name": ours,
            "compare_type": True,
            "version_table_schema": SCHEMA,
        }
        differences = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert differences == []


def test_a_dead_message_ends_its_job_once(database, waste):
    job, ended = add_job(waste), add_job(waste, state="done")
    with database.connect("dlq") as dlq:
        fail = "SELECT waste.fail_job(%s, 'task-expired', 'letter 1')"
        assert dlq.execute(fail, [job]).fetchone() == (True,)
        assert dlq.execute(fail, [job]).fetchone() == (False,)
        assert dlq.execute(fail, [ended]).fetchone() == (False,)
        assert dlq.execute(fail, [uuid4()]).fetchone() == (False,)
    assert state_of(waste, job) == ("failed", "task-expired", "letter 1", False)
    assert state_of(waste, ended)[0] == "done"


def test_a_failed_job_is_opened_again_for_a_replay(database, waste):
    failed, ended = add_job(waste, state="failed"), add_job(waste, state="done")
    with database.connect("dlq") as dlq:
        assert dlq.execute("SELECT waste.requeue_job(%s)", [failed]).fetchone() == (True,)
        assert dlq.execute("SELECT waste.requeue_job(%s)", [ended]).fetchone() == (False,)
    assert state_of(waste, failed) == ("queued", None, None, True)


def test_a_user_is_deleted_with_all_jobs_and_their_photos_are_noted(database, waste):
    user = uuid4()
    jobs = {add_job(waste, user=user), add_job(waste, user=user, state="failed")}
    other, removed = add_job(waste), add_job(waste, user=user, state="failed")
    waste.execute("UPDATE waste.jobs SET object_deleted_at = now() WHERE id = %s", [removed])
    with database.connect("users") as users:
        gone = users.execute("SELECT waste.delete_user(%s)", [user]).fetchall()
        assert {job for (job,) in gone} == {*jobs, removed}
        assert users.execute("SELECT waste.delete_user(%s)", [user]).fetchall() == []
        assert users.execute("SELECT job_id FROM waste.history").fetchall() == [(other,)]
    keys = waste.execute("SELECT object_key FROM waste.orphaned_objects").fetchall()
    assert {key for (key,) in keys} == {f"uploads/{job}" for job in jobs}


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("users", "SELECT * FROM waste.jobs"),
        ("users", "SELECT * FROM waste.classifications"),
        ("users", "SELECT waste.fail_job('00000000-0000-4000-8000-000000000000', 'a', 'b')"),
        ("users", "SELECT waste.requeue_job('00000000-0000-4000-8000-000000000000')"),
        ("dlq", "SELECT waste.delete_user('00000000-0000-4000-8000-000000000000')"),
        ("dlq", "SELECT * FROM waste.history"),
        ("dlq", "UPDATE waste.jobs SET state = 'done'"),
        ("auth", "SELECT * FROM waste.history"),
    ],
)
def test_a_role_may_do_nothing_else(database, role, statement):
    database.environment("waste")
    with database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)
