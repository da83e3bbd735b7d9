"""The profile: made at first sight, changed by version, and nobody else's."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import psycopg
import pytest

from tests.apps.services import problem
from tests.apps.users.conftest import ME

DEFAULTS = {"notifications": False, "theme": "system", "search_radius": 1000}


def test_it_is_made_at_first_sight(users, user):
    answer = users.ask("GET", user)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert body == {
        "id": str(user),
        "display_name": None,
        "language": "ko",
        "region_code": None,
        "preferences": DEFAULTS,
        "created_at": body["created_at"],
        "updated_at": body["created_at"],
    }
    again = users.ask("GET", user)
    assert (again.json(), again.headers["ETag"]) == (body, answer.headers["ETag"])
    assert "private" in answer.headers["Cache-Control"]


def test_requests_at_once_make_one(users, user):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: users.ask("GET", user), range(16)))
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1


def test_what_is_sent_changes_and_the_rest_stays(users, user):
    first = users.ask("GET", user)
    change = {"display_name": "  민지  ", "preferences": {"theme": "dark", "search_radius": 300}}
    changed = users.change(user, change)
    assert changed.status_code == 200, changed.text
    assert changed.json()["display_name"] == "민지"
    assert changed.json()["preferences"] == DEFAULTS | {"theme": "dark", "search_radius": 300}
    assert changed.headers["ETag"] != first.headers["ETag"]
    assert users.change(user, {"region_code": "1114010300", "language": "en-US"}).status_code == 200
    assert users.change(user, {"preferences": {"theme": None}}).status_code == 200
    after = users.change(user, {"display_name": None, "language": None}).json()
    assert (after["display_name"], after["language"], after["region_code"]) == (None, "ko", "1114010300")
    assert after["preferences"] == DEFAULTS | {"search_radius": 300}
    assert users.change(user, {"preferences": None}).json()["preferences"] == DEFAULTS
    assert users.ask("GET", user).json()["created_at"] == first.json()["created_at"]


def test_a_change_to_a_version_that_is_past_is_refused(users, user):
    tag = users.ask("GET", user).headers["ETag"]
    assert users.change(user, {"display_name": "one"}, tag=tag).status_code == 200
    problem(users.change(user, {"display_name": "two"}, tag=tag), 412, "precondition-failed")
    assert users.ask("GET", user).json()["display_name"] == "one"


def test_of_changes_at_once_one_is_taken(users, user):
    tag = users.ask("GET", user).headers["ETag"]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda i: users.change(user, {"display_name": f"n{i}"}, tag=tag), range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] + [412] * 7
    (taken,) = [answer.json() for answer in answers if answer.status_code == 200]
    assert users.ask("GET", user).json() == taken


@pytest.mark.parametrize("tag", ["W/{}", '"another"', "{}x", "", '{} "x"'])
def test_tags_that_do_not_name_the_version_match_nothing(users, user, tag):
    told = tag.format(users.ask("GET", user).headers["ETag"])
    problem(users.change(user, {"display_name": "x"}, tag=told), 412, "precondition-failed")


@pytest.mark.parametrize("tag", ["*", "{}", '"another", {}', '"a,b" ,{}'])
def test_tags_that_name_the_version_match(users, user, tag):
    told = tag.format(users.ask("GET", user).headers["ETag"])
    assert users.change(user, {"display_name": "x"}, tag=told).status_code == 200


def test_a_change_without_a_version_is_refused(users, user):
    problem(users.ask("PATCH", user, json={"display_name": "x"}), 428, "precondition-required")


@pytest.mark.parametrize("headers", [{}, {"If-Match": '"1"'}, {"If-Match": "x"}], ids=str)
def test_a_refused_change_makes_no_profile(users, user, headers, database):
    answer = users.ask("PATCH", user, json={"display_name": "x"}, headers=headers)
    assert answer.status_code in {412, 428}
    with database.connect("users") as connection:
        made = connection.execute("SELECT * FROM users.profiles WHERE user_id = %s", [user]).fetchall()
    assert made == []


def test_a_first_change_makes_the_profile(users, user):
    changed = users.change(user, {"display_name": "민지"}, tag="*")
    assert changed.status_code == 200, changed.text
    assert users.ask("GET", user).json() == changed.json()
    assert changed.json()["display_name"] == "민지"


def test_who_has_the_version_is_told_so(users, user):
    tag = users.ask("GET", user).headers["ETag"]
    for given in (tag, f"W/{tag}", "*", f'"x", {tag}'):
        answer = users.ask("GET", user, headers={"If-None-Match": given})
        assert (answer.status_code, answer.content, answer.headers["ETag"]) == (304, b"", tag)
    assert users.ask("GET", user, headers={"If-None-Match": '"x"'}).status_code == 200


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": ""},
        {"display_name": "   "},
        {"display_name": "x" * 41},
        {"display_name": "a\u0000b"},
        {"display_name": "a\u202eb"},
        {"display_name": 7},
        {"language": "korean"},
        {"language": "ko\n"},
        {"region_code": "111401030"},
        {"region_code": "\uff11" + "1" * 9},
        {"preferences": {"theme": "pink"}},
        {"preferences": {"search_radius": 5001}},
        {"preferences": {"notifications": "yes"}},
        {"preferences": {"unknown": 1}},
        {"preferences": []},
        {"id": "00000000-0000-0000-0000-000000000000"},
        {"email": "x@example.org"},
        [],
        None,
    ],
    ids=str,
)
def test_what_is_no_change_is_refused(users, user, change):
    before = users.ask("GET", user)
    problem(users.change(user, change, tag=before.headers["ETag"]), 422, "invalid-request")
    assert users.ask("GET", user).headers["ETag"] == before.headers["ETag"]


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 422, "invalid-request"),
        (b'{"display_name": "\\ud800"}', 422, "invalid-request"),
        (b"", 422, "invalid-request"),
        (b"\xff", 400, "bad-request"),
    ],
)
def test_a_body_that_is_no_json_is_refused(users, user, body, status, code):
    tag = users.ask("GET", user).headers["ETag"]
    headers = {"If-Match": tag, "Content-Type": "application/merge-patch+json"}
    problem(users.ask("PATCH", user, content=body, headers=headers), status, code)


def test_nobody_sees_or_changes_another_ones(users, user):
    other = uuid4()
    users.change(user, {"display_name": "mine"})
    assert users.ask("GET", other).json()["display_name"] is None
    tag = users.ask("GET", user).headers["ETag"]
    problem(users.change(other, {"display_name": "theirs"}, tag=tag), 412, "precondition-failed")
    assert users.ask("DELETE", other).status_code == 204
    assert users.ask("GET", user).json()["display_name"] == "mine"


def test_a_revoked_token_is_refused(users, tokens, user, redis_server):
    token_id = str(uuid4())
    token = tokens.issue(user, jti=token_id)
    headers = {"Authorization": f"Bearer {token}"}
    assert users.http.get(ME, headers=headers).status_code == 200
    with redis_server.client() as client:
        client.set(f"revoked:token:{token_id}", "1", ex=60)
    problem(users.http.get(ME, headers=headers), 401, "unauthorized")


@pytest.mark.parametrize("role", ["auth", "waste", "beat", "dlq"])
def test_no_other_role_reaches_profiles(database, role):
    with database.connect(role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("SELECT * FROM users.profiles")


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT * FROM waste.jobs",
        "SELECT * FROM waste.classifications",
        "DELETE FROM waste.history",
        "UPDATE waste.history SET user_id = gen_random_uuid()",
        "INSERT INTO waste.orphaned_objects VALUES ('x')",
        "SELECT waste.fail_job(gen_random_uuid(), 'x', 'x')",
        "SELECT * FROM auth.users",
        "SELECT * FROM auth.refresh_tokens",
        "UPDATE auth.identities SET subject = 'x'",
        "DELETE FROM auth.families",
        "CREATE TABLE waste.x ()",
        "CREATE TABLE public.x ()",
    ],
)
def test_the_services_role_may_do_nothing_beyond_its_own(database, users, statement):
    with database.connect("users") as connection, pytest.raises(psycopg.errors.Error) as refused:
        connection.execute(statement)
    assert isinstance(
        refused.value, psycopg.errors.InsufficientPrivilege | psycopg.errors.ObjectNotInPrerequisiteState
    )


def test_a_database_that_is_away_is_told_and_found_again(users, user, postgres):
    users.ask("GET", user)
    postgres.stop()
    try:
        answer = users.ask("GET", user)
        problem(answer, 503, "unavailable")
        assert int(answer.headers["Retry-After"]) > 0
        assert users.http.get("/readyz").status_code == 503
        assert users.http.get("/healthz").status_code == 200
    finally:
        postgres.start()
    assert users.ask("GET", user).status_code == 200


def test_the_document_tells_errors_and_versions(users):
    paths = users.http.get("/api/v1/users/openapi.json").json()["paths"]
    assert {"401", "412", "422", "428", "503"} <= set(paths[ME]["patch"]["responses"])
    assert "ETag" in paths[ME]["get"]["responses"]["200"]["headers"]
    assert "400" in paths[f"{ME}/history"]["get"]["responses"]
    for operations in paths.values():
        assert all(operation["security"] for operation in operations.values())
