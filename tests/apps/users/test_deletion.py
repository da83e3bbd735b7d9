"""The end of an account: all of it, everywhere, and nothing usable in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from apps.users.profiles import REVOKED_SECONDS
from tests.apps.services import problem
from tests.apps.users.conftest import Analyses, Users
from tests.servers.waiting import eventually


class Account:
    """Somebody with a profile, a log-in, and an analysis."""

    def __init__(self, user, users, database, analyses: Analyses, redis_server):
        self.id, self._users, self._database, self._analyses = user, users, database, analyses
        self._redis = redis_server
        users.change(user, {"display_name": "somebody"})
        self.job = analyses.add(user, category="glass")
        with database.connect("auth") as connection:
            connection.execute("INSERT INTO auth.users (id) VALUES (%s)", (user,))
            connection.execute(
                "INSERT INTO auth.identities (provider, subject, user_id) VALUES ('kakao', %s, %s)",
                (str(user), user),
            )
        with redis_server.client() as client:
            client.set(f"job:{self.job}", "{}", ex=60)
            client.set(f"result:{self.job}", "{}", ex=60)

    def delete(self, service=None):
        return (service or self._users).ask("DELETE", self.id)

    def left(self):
        """What there still is of it."""
        tables = {"users.profiles": "user_id", "auth.users": "id", "auth.identities": "user_id"}
        with self._database.connect() as connection:
            found = {
                table
                for table, column in tables.items()
                if connection.execute(f"SELECT 1 FROM {table} WHERE {column} = %s", (self.id,)).fetchone()  # noqa: S608
            }
        return found | ({"waste.jobs"} if self._analyses.count(self.id) else set())

    def in_redis(self):
        with self._redis.client() as client:
            return client.exists(f"job:{self.job}", f"result:{self.job}")

    def refused_for(self):
        """Seconds for which its tokens are refused."""
        with self._redis.client() as client:
            return client.ttl(f"revoked:user:{self.id}")


ALL = {"users.profiles", "auth.users", "auth.identities", "waste.jobs"}


@pytest.fixture
def account(users, database, analyses, redis_server, user):
    return Account(user, users, database, analyses, redis_server)


def test_nothing_is_left(users, account, analyses):
    assert account.left() == ALL
    answer = account.delete()
    assert (answer.status_code, answer.content) == (204, b"")
    assert account.left() == set()
    assert account.in_redis() == 0
    assert f"uploads/{account.job}" in analyses.orphans()
    assert 15 * 60 < account.refused_for() <= REVOKED_SECONDS
    for method, path in (("GET", ""), ("GET", "/history"), ("DELETE", "")):
        problem(users.ask(method, account.id, path), 401, "unauthorized")
    assert account.left() == set()


def test_others_keep_theirs(users, account, database, analyses, redis_server):
    other = Account(uuid4(), users, database, analyses, redis_server)
    account.delete()
    assert other.left() == ALL
    assert users.ask("GET", other.id).json()["display_name"] == "somebody"


def test_without_redis_nothing_is_deleted(account, redis_server):
    redis_server.stop()
    try:
        problem(account.delete(), 503, "unavailable")
    finally:
        redis_server.start()
    assert account.left() == ALL
    assert account.delete().status_code == 204


@pytest.mark.parametrize("function", ["waste.delete_user(uuid)", "auth.delete_user(uuid)"])
def test_what_fails_half_way_deletes_nothing(account, database, function):
    with database.connect() as connection:
        connection.execute(f"REVOKE EXECUTE ON FUNCTION {function} FROM users")
        try:
            problem(account.delete(), 503, "unavailable")
        finally:
            connection.execute(f"GRANT EXECUTE ON FUNCTION {function} TO users")
    assert account.left() == ALL
    assert account.refused_for() == -2


@pytest.fixture
def doomed(environment, tokens, tmp_path):
    service = Users(environment, tokens, folder=tmp_path)
    yield service
    service.close()


def test_a_crash_before_the_commit_leaves_an_account_whose_tokens_do_not_work(
    account, users, doomed, database, redis_server
):
    """The deletion waits at its commit, as a deferred trigger there waits for a lock; then it is killed."""
    with database.connect() as connection, database.connect() as watching, ThreadPoolExecutor(1) as pool:
        connection.execute(
            """CREATE FUNCTION public.wait() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS
               'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'"""
        )
        connection.execute(
            """CREATE CONSTRAINT TRIGGER wait AFTER DELETE ON users.profiles DEFERRABLE INITIALLY DEFERRED
               FOR EACH ROW EXECUTE FUNCTION public.wait()"""
        )
        try:
            connection.execute("SELECT pg_advisory_lock(4711)")
            request = pool.submit(account.delete, doomed)
            waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"
            eventually(lambda: watching.execute(waiting).fetchone(), "the deletion is at its commit")
            assert account.refused_for() > 0
            problem(users.ask("GET", account.id), 401, "unauthorized")
            doomed.process.kill()
            with pytest.raises(Exception, match=r".*"):
                request.result()
            # The server of the database does not notice at once that its client has gone.
            watching.execute(
                """SELECT pg_terminate_backend(pid) FROM pg_locks
                   WHERE locktype = 'advisory' AND objid = 4711 AND NOT granted"""
            )
            eventually(lambda: not watching.execute(waiting).fetchone(), "it was rolled back")
        finally:
            connection.execute("SELECT pg_advisory_unlock_all()")
            connection.execute("DROP TRIGGER wait ON users.profiles")
            connection.execute("DROP FUNCTION public.wait()")
    assert account.left() == ALL
    with redis_server.client() as client:  # a quarter of an hour later
        client.delete(f"revoked:user:{account.id}")
    assert account.delete().status_code == 204
    assert account.left() == set()


def test_a_request_that_was_let_in_before_makes_no_profile_after(account, users, database, redis_server):
    """As if its token had been looked at before the deletion: Redis has forgotten that it is refused."""
    account.delete()
    with redis_server.client() as client:
        client.delete(f"revoked:user:{account.id}")
    problem(users.ask("GET", account.id), 401, "unauthorized")
    problem(users.change(account.id, {"display_name": "back"}, tag="*"), 401, "unauthorized")
    assert account.left() == set()


def test_deletions_are_forgotten_after_a_day(account, users, database, analyses, redis_server):
    account.delete()
    with database.connect("users") as connection:
        connection.execute("UPDATE users.deletions SET deleted_at = now() - interval '25 hours'")
        Account(uuid4(), users, database, analyses, redis_server).delete()
        kept = connection.execute("SELECT user_id FROM users.deletions").fetchall()
    assert len(kept) == 1
    assert (account.id,) not in kept


def test_requests_at_once_end_in_one_deletion(account, users):
    def ask(method):
        return users.ask(method, account.id).status_code

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, ["GET", "DELETE"] * 8))
    assert set(answers) <= {200, 204, 401}
    assert 204 in answers
    assert account.left() == set()


def test_someone_without_anything_can_be_deleted(users, user):
    assert users.ask("DELETE", user).status_code == 204


def test_a_function_of_another_schema_is_for_this_role_alone(database):
    for role, function in (("dlq", "waste"), ("beat", "auth"), ("waste", "auth"), ("auth", "waste")):
        with database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(f"SELECT {function}.delete_user(gen_random_uuid())")
