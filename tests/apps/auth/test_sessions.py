"""Refresh tokens: used once, reuse ends the family, and so does logging out."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import jwt
import psycopg
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from apps.auth.tables import SCHEMA, metadata


def _claims(tokens):
    return jwt.decode(tokens["access_token"], options={"verify_signature": False})


def _age(database, tokens, seconds):
    """Let the use of a refresh token lie back."""
    with database.connect() as connection:
        connection.execute(
            "UPDATE auth.refresh_tokens SET used_at = used_at - make_interval(secs => %s) WHERE digest = %s",
            (seconds, sha256(tokens["refresh_token"].encode()).digest()),
        )


def test_each_refresh_gives_a_new_pair_for_the_same_user(auth):
    first = auth.log_in()
    second = auth.refresh(first).json()
    third = auth.refresh(second).json()
    assert len({each["refresh_token"] for each in (first, second, third)}) == 3
    assert len({_claims(each)["jti"] for each in (first, second, third)}) == 3
    assert len({_claims(each)["sub"] for each in (first, second, third)}) == 1


def test_only_the_digest_of_a_refresh_token_is_stored(auth, database, redis_server):
    token = auth.log_in()["refresh_token"]
    with database.connect() as connection:
        rows = connection.execute("SELECT t::text FROM auth.refresh_tokens t").fetchall()
    assert any(sha256(token.encode()).hexdigest() in row[0] for row in rows)
    assert not any(token in row[0] for row in rows)
    with redis_server.client() as client:
        assert not any(token in client.get(key) for key in client.keys("*") if client.type(key) == "string")


def test_a_stolen_token_used_after_its_owner_ends_the_whole_family(auth, database, is_problem):
    first = auth.log_in()
    second = auth.refresh(first).json()
    _age(database, first, 11)
    is_problem(auth.refresh(first), 401, "refresh-refused")
    is_problem(auth.refresh(second), 401, "refresh-refused")
    for tokens in (first, second):
        is_problem(auth.ask("GET", "/sessions", tokens), 401, "unauthorized")
    with database.connect("auth") as connection:
        query = "SELECT revoked_reason FROM families JOIN refresh_tokens ON family_id = id WHERE digest = %s"
        digest = sha256(first["refresh_token"].encode()).digest()
        assert connection.execute(query, (digest,)).fetchone() == ("reuse",)


def test_a_token_whose_successor_was_used_is_reuse_at_once(auth, is_problem):
    first = auth.log_in()
    second = auth.refresh(first).json()
    third = auth.refresh(second).json()
    is_problem(auth.refresh(first), 401, "refresh-refused")
    is_problem(auth.refresh(third), 401, "refresh-refused")


def test_another_login_of_the_user_survives_the_end_of_a_family(auth):
    first, other = auth.log_in(), auth.log_in()
    second = auth.refresh(first).json()
    auth.refresh(second)
    assert auth.refresh(first).status_code == 401
    assert auth.refresh(other).status_code == 200
    assert auth.ask("GET", "/sessions", other).status_code == 200


def test_of_many_refreshes_at_once_one_wins_and_the_others_are_not_taken_for_thieves(auth, is_problem):
    tokens = auth.log_in()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: auth.refresh(tokens), range(8)))
    won = [each for each in answers if each.status_code == 200]
    assert len(won) == 1
    for answer in answers:
        if answer is not won[0]:
            is_problem(answer, 409, "refresh-superseded")
    assert auth.refresh(won[0].json()).status_code == 200


@pytest.mark.parametrize("token", ["x" * 43, "eyJhbGciOiJub25lIn0"])
def test_an_unknown_token_is_refused(auth, is_problem, token):
    is_problem(auth.refresh({"refresh_token": token}), 401, "refresh-refused")


@pytest.mark.parametrize(
    "body", [{}, {"refresh_token": ""}, {"refresh_token": "a b"}, {"refresh_token": "\ud800"}]
)
def test_what_is_no_token_is_invalid(auth, is_problem, body):
    import json

    raw = json.dumps(body)
    answer = auth.http.post("/api/v1/auth/refresh", content=raw, headers={"Content-Type": "application/json"})
    is_problem(answer, 422, "invalid-request")


def test_an_expired_refresh_token_is_refused_and_its_family_swept(auth, database, is_problem, start_service):
    tokens = auth.log_in()
    digest = sha256(tokens["refresh_token"].encode()).digest()
    with database.connect() as connection:
        connection.execute("UPDATE auth.refresh_tokens SET expires_at = now() WHERE digest = %s", (digest,))
        connection.execute(
            "UPDATE auth.families SET expires_at = now() - interval '1 s' WHERE id ="
            " (SELECT family_id FROM auth.refresh_tokens WHERE digest = %s)",
            (digest,),
        )
    is_problem(auth.refresh(tokens), 401, "refresh-refused")
    another = start_service()  # sweeps when it starts

    def gone():
        with database.connect() as connection:
            query = "SELECT FROM auth.refresh_tokens WHERE digest = %s"
            return connection.execute(query, (digest,)).fetchone() is None

    another.process.wait_until(gone, "the expired family is removed")


def test_a_login_that_was_never_confirmed_is_not_continued(auth, database, is_problem):
    tokens = auth.log_in()
    with database.connect() as connection:
        connection.execute("UPDATE auth.families SET created_at = created_at - interval '601 s'")
    is_problem(auth.refresh(tokens), 401, "refresh-refused")
    is_problem(auth.ask("GET", "/sessions", tokens), 401, "unauthorized")


def test_logging_out_ends_this_login_alone(auth, is_problem, redis_server):
    first, other = auth.log_in(), auth.log_in()
    second = auth.refresh(first).json()
    assert auth.ask("POST", "/logout", second).status_code == 204
    for tokens in (first, second):
        is_problem(auth.ask("GET", "/sessions", tokens), 401, "unauthorized")
    is_problem(auth.refresh(second), 401, "refresh-refused")
    assert auth.ask("GET", "/sessions", other).status_code == 200
    with redis_server.client() as client:
        assert 890 <= client.ttl(f"revoked:token:{_claims(second)['jti']}") <= 915


def test_logging_out_everywhere_leaves_room_for_the_next_login(auth, is_problem):
    first, other = auth.log_in(), auth.log_in()
    assert auth.ask("POST", "/logout-all", first).status_code == 204
    for tokens in (first, other):
        is_problem(auth.ask("GET", "/sessions", tokens), 401, "unauthorized")
        is_problem(auth.refresh(tokens), 401, "refresh-refused")
    assert auth.ask("GET", "/sessions", auth.log_in()).status_code == 200


def test_logging_out_needs_an_access_token(auth, is_problem):
    for path in ("/logout", "/logout-all"):
        answer = auth.http.post(f"/api/v1/auth{path}")
        is_problem(answer, 401, "unauthorized")
        assert answer.headers["WWW-Authenticate"].startswith("Bearer")


def test_sessions_show_where_the_account_is_logged_in(auth):
    auth.provider.switches.person = "with-two-devices"
    auth.log_in()
    tokens = auth.log_in("kakao")
    found = auth.ask("GET", "/sessions", tokens).json()["sessions"]
    assert [each["provider"] for each in found] == ["kakao", "kakao"]
    assert found[0]["created_at"] >= found[1]["created_at"]


def test_revocation_that_redis_missed_is_made_up_by_the_next_try(auth, redis_server, database, is_problem):
    first = auth.log_in()
    second = auth.refresh(first).json()
    _age(database, first, 11)
    auth.refresh(first)
    with redis_server.client() as client:
        client.delete(f"revoked:token:{_claims(second)['jti']}")
    auth.refresh(first)
    is_problem(auth.ask("GET", "/sessions", second), 401, "unauthorized")


def test_without_redis_or_database_the_answer_says_try_again(auth, redis_server, postgres, is_problem):
    tokens = auth.log_in()
    redis_server.stop()
    try:
        is_problem(auth.refresh(tokens), 503, "unavailable")
        assert auth.http.get("/readyz").json()["problems"].keys() == {"redis"}
        assert auth.http.get("/healthz").status_code == 200
    finally:
        redis_server.start()
    postgres.stop()
    try:
        is_problem(auth.refresh(tokens), 503, "unavailable")
        assert auth.http.get("/healthz").status_code == 200
    finally:
        postgres.start()
    assert auth.refresh(tokens).status_code == 200


def test_the_migrations_make_the_tables_that_the_code_knows(database):
    engine = create_engine(make_url(database.url).set(drivername="postgresql+psycopg"))
    options = {
        "include_schemas": True,
        "include_name": lambda name, kind, _: kind != "schema" or name == SCHEMA,
    }
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
    engine.dispose()
    assert [each for each in found if "alembic_version" not in str(each)] == []


def test_users_deletes_an_account_by_the_function_alone(auth, database, is_problem):
    tokens = auth.log_in()
    user = _claims(tokens)["sub"]
    with database.connect("users") as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("SELECT * FROM auth.users")
        assert connection.execute("SELECT auth.delete_user(%s)", (user,)).fetchone() == (True,)
        assert connection.execute("SELECT auth.delete_user(%s)", (user,)).fetchone() == (False,)
    is_problem(auth.refresh(tokens), 401, "refresh-refused")
    assert _claims(auth.log_in())["sub"] != user


@pytest.mark.parametrize("role", ["waste", "beat", "dlq"])
def test_nobody_else_deletes_accounts(database, role):
    with database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT auth.delete_user('00000000-0000-0000-0000-000000000000')")
