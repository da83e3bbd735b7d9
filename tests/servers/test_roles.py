"""Each role of the database does its service's work, and nothing else: tried, both ways."""

from __future__ import annotations

import contextlib
import uuid

import psycopg
import pytest
from psycopg import sql

from tests.servers import manifests
from tests.servers.waiting import eventually

OWNERS = ["auth", "users", "waste", "beat", "dlq"]
"""Roles with a schema of their own, of the same name."""
ALL = [*OWNERS, "backup", "exporter"]
LIMITS = {"auth": 30, "users": 10, "waste": 120, "beat": 5, "dlq": 5, "backup": 8, "exporter": 3}
VIEWS = {"users": ["waste.history"]}
"""What a role reads of another's schema."""
CALLS = {
    "users": ["auth.delete_user", "waste.delete_user"],
    "dlq": ["waste.fail_job", "waste.requeue_job"],
}
"""Whose functions a role calls."""


@pytest.fixture
def relations(database):
    """Every table and view of the platform, as `schema.name`."""
    question = "SELECT table_schema || '.' || table_name FROM information_schema.tables"
    with database.connect() as connection:
        found = connection.execute(f"{question} WHERE table_schema = ANY (%s) ORDER BY 1", [OWNERS])
        return [name for (name,) in found.fetchall()]


def _permitted(connection, statement):
    """Whether a statement is allowed, and undone; what else is wrong with it is no refusal."""
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement)
    except (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction):
        return False
    except psycopg.Error:
        return True
    return True


def test_no_role_is_left_out(database):
    with database.connect() as connection:
        found = connection.execute(
            "SELECT rolname, rolconnlimit FROM pg_roles WHERE rolcanlogin AND NOT rolsuper"
        ).fetchall()
    assert dict(found) == LIMITS


@pytest.mark.parametrize("role", ALL)
def test_a_role_reads_its_own_tables_and_what_it_was_granted(database, relations, role):
    with database.connect(role) as connection:
        read = [each for each in relations if _permitted(connection, f"SELECT FROM {each} LIMIT 1")]
    own = [each for each in relations if each.partition(".")[0] == role or each in VIEWS.get(role, [])]
    assert len(relations) > len(OWNERS)
    assert read == (relations if role == "backup" else own)


@pytest.mark.parametrize("role", ALL)
@pytest.mark.parametrize("change", ["DELETE FROM {}", "TRUNCATE {} CASCADE", "DROP TABLE {} CASCADE"])
def test_a_role_changes_its_own_tables_only(database, relations, role, change):
    tables = [each for each in relations if each != "waste.history"]
    with database.connect(role) as connection:
        changed = [each for each in tables if _permitted(connection, change.format(each))]
    assert changed == [each for each in tables if each.partition(".")[0] == role]


@pytest.mark.parametrize("role", OWNERS)
def test_a_role_builds_in_its_own_schema(database, role):
    with database.connect(role) as connection, connection.transaction(force_rollback=True):
        connection.execute("CREATE TABLE trial (id int PRIMARY KEY, body jsonb)")
        connection.execute("INSERT INTO trial VALUES (1, '{}')")
        connection.execute("CREATE INDEX ON trial USING gin (body)")
        connection.execute("ALTER TABLE trial ADD COLUMN more text")
        found = connection.execute("SELECT schemaname FROM pg_tables WHERE tablename = 'trial'").fetchall()
    assert found == [(role,)]


@pytest.mark.parametrize("role", ALL)
def test_a_role_calls_the_functions_that_it_was_granted(database, role):
    question = """
        SELECT nspname || '.' || proname, has_function_privilege(%s, pg_proc.oid, 'EXECUTE')
               AND has_schema_privilege(%s, nspname, 'USAGE')
        FROM pg_proc JOIN pg_namespace ON pg_namespace.oid = pronamespace
        WHERE nspname = ANY (%s) AND nspname <> %s AND prorettype <> 'trigger'::regtype ORDER BY 1
    """
    with database.connect() as connection:
        found = connection.execute(question, [role, role, OWNERS, role]).fetchall()
    assert [name for name, allowed in found if allowed] == CALLS.get(role, [])


def test_a_deleted_user_leaves_by_the_functions_and_by_nothing_else(database):
    somebody = uuid.uuid4()
    with database.connect("users") as connection:
        connection.execute("SELECT waste.delete_user(%s), auth.delete_user(%s)", [somebody, somebody])
    with database.connect("beat") as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT waste.delete_user(%s)", [somebody])


OUT_OF_BOUNDS = {
    "make a schema": "CREATE SCHEMA own",
    "build where everybody looks": "CREATE TABLE public.trial (id int)",
    "make a role": "CREATE ROLE other LOGIN",
    "become another": "SET ROLE postgres",
    "change its own rights": "ALTER ROLE CURRENT_USER SUPERUSER",
    "raise its own limit": "ALTER ROLE CURRENT_USER CONNECTION LIMIT 1000",
    "make a database": "CREATE DATABASE other",
    "run a program": "COPY (SELECT 1) TO PROGRAM 'true'",
    "read the server's files": "SELECT pg_read_file('/etc/passwd')",
    "read passwords": "SELECT rolpassword FROM pg_authid",
    "end the administrator's session": "SELECT pg_terminate_backend({pid})",
    "change the server": "ALTER SYSTEM SET max_connections = 10",
    "load a language": "CREATE EXTENSION pg_stat_statements SCHEMA public",
    "send the log somewhere": "SELECT pg_create_physical_replication_slot('own')",
}


@pytest.mark.parametrize("role", ALL)
def test_a_role_has_no_part_in_running_the_server(database, role):
    refused = []
    with database.connect() as administrator, database.connect(role) as connection:
        connection.execute("SET default_transaction_read_only = off")  # whoever only reads may ask for that
        for name, statement in OUT_OF_BOUNDS.items():
            with contextlib.suppress(psycopg.errors.InsufficientPrivilege):
                connection.execute(statement.format(pid=administrator.info.backend_pid))
                continue
            refused.append(name)
    # Who reads everything for a backup reads the verifiers of passwords, too: PostgreSQL knows no exception.
    allowed = {"read passwords"} if role == "backup" else set()
    assert refused == [name for name in OUT_OF_BOUNDS if name not in allowed]


@pytest.mark.parametrize("role", ALL)
@pytest.mark.parametrize("other", ["postgres", "template1"])
def test_a_role_comes_into_no_other_database(database, role, other):
    told = database.environment(role)
    with pytest.raises(psycopg.OperationalError, match=r"permission denied|no pg_hba"):
        psycopg.connect(
            host=told["POSTGRES_HOST"],
            port=told["POSTGRES_PORT"],
            user=role,
            password=told["POSTGRES_PASSWORD"],
            dbname=other,
        )


def test_the_exporter_reads_statistics_of_everybody(database):
    with database.connect("waste"), database.connect("exporter") as connection:
        hidden = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE query = '<insufficient privilege>'"
        ).fetchone()
    assert hidden == (0,)


@pytest.mark.parametrize("role", ["dlq", "exporter"])
def test_a_role_has_no_more_connections_than_its_limit(database, role):
    held = [database.connect(role) for _ in range(LIMITS[role])]
    try:
        with pytest.raises(psycopg.OperationalError, match="too many connections for role"):
            database.connect(role)
    finally:
        for connection in held:
            connection.close()
    eventually(lambda: database.connect(role).close() or True, "closed ones are given back")


def test_a_login_that_left_the_description_is_locked(database, postgres):
    with database.connect() as connection:
        connection.execute("CREATE ROLE leaver LOGIN PASSWORD 'leaver-test-password'")
    try:
        postgres._create_roles()
        with database.connect() as connection:
            found = connection.execute("SELECT rolcanlogin FROM pg_roles WHERE rolname = 'leaver'").fetchone()
        assert found == (False,)
    finally:
        with database.connect() as connection:
            connection.execute(sql.SQL("DROP ROLE {}").format(sql.Identifier("leaver")))


def test_the_server_runs_with_the_settings_of_its_file(database):
    lines = manifests.files("postgres")["postgresql.conf"].splitlines()
    wanted = {name: value.strip("'") for name, _, value in (line.partition(" = ") for line in lines)}
    with database.connect() as connection:
        found = {name: connection.execute(f"SHOW {name}").fetchone() for name in wanted}
        in_bytes = dict(
            connection.execute(
                "SELECT name, pg_size_bytes(current_setting(name)) FROM pg_settings"
                " WHERE unit IN ('8kB', 'kB', 'MB') AND setting::bigint > 0 AND name = ANY (%s)",
                [list(wanted)],
            ).fetchall()
        )
        for name, size in in_bytes.items():
            expected = connection.execute("SELECT pg_size_bytes(%s)", [wanted[name]]).fetchone()
            assert expected == (size,), name
    others = {name: value[0] for name, value in found.items() if value and name not in in_bytes}
    assert len(in_bytes) >= 6
    assert others == {name: wanted[name] for name in others} | {"listen_addresses": "127.0.0.1"}
