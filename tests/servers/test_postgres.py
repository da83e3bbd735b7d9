"""PostgreSQL as the platform runs it."""

from __future__ import annotations

import psycopg
import pytest


@pytest.mark.parametrize("role", ["auth", "users", "waste", "beat", "dlq"])
def test_each_role_owns_its_schema_and_reads_no_other(database, role):
    with database.connect(role) as connection:
        connection.execute("CREATE TABLE trial (id int)")
        connection.execute("DROP TABLE trial")
        assert connection.execute("SELECT current_schema()").fetchone() == (role,)
        other = "auth" if role != "auth" else "waste"
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"CREATE TABLE {other}.trial (id int)")


def test_every_migration_runs(database):
    assert database.server.broken_migrations == {}


def test_a_wrong_password_is_refused(database):
    told = database.environment("auth")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(
            host=told["POSTGRES_HOST"],
            port=told["POSTGRES_PORT"],
            user="auth",
            password="wrong",
            dbname="waste_coach",
        )


def test_committed_rows_survive_a_crash(database, postgres):
    with database.connect("beat") as connection:
        connection.execute("CREATE TABLE kept (id int); INSERT INTO kept VALUES (7)")
    postgres.kill()
    with pytest.raises(psycopg.OperationalError):
        postgres.connect()
    postgres.start()
    with database.connect("beat") as connection:
        assert connection.execute("SELECT id FROM kept").fetchone() == (7,)
        connection.execute("DROP TABLE kept")


def test_a_stopped_server_comes_back_on_the_same_port(database, postgres):
    before = database.environment("auth")
    postgres.stop()
    postgres.start()
    assert database.environment("auth") == before
    database.connect("auth").close()


def test_a_paused_server_answers_nobody(database, postgres):
    with database.connect() as connection:
        postgres.pause()
        try:
            with pytest.raises(psycopg.OperationalError, match="timeout"):
                psycopg.connect(database.url, connect_timeout=2)
        finally:
            postgres.resume()
        assert connection.execute("SELECT 1").fetchone() == (1,)
