"""Logging in at a provider: what must fit together, and what is told when it does not."""

from __future__ import annotations

import json
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest

from apps.auth.exchange import DEADLINE_SECONDS
from tests.servers.waiting import eventually

PROVIDERS = ["kakao", "google"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_a_person_logs_in_and_is_the_same_user_next_time(auth, database, rabbitmq, provider):
    rabbitmq.purge_all()
    first, second = auth.log_in(provider), auth.log_in(provider)
    subjects = {
        jwt.decode(tokens["access_token"], options={"verify_signature": False})["sub"]
        for tokens in (first, second)
    }
    assert len(subjects) == 1
    assert (first["token_type"], first["expires_in"], first["refresh_expires_in"]) == ("Bearer", 900, 2592000)
    with database.connect("auth") as connection:
        held = connection.execute(
            "SELECT subject FROM identities WHERE provider = %s", (provider,)
        ).fetchall()
        assert held == [("person-1",)]
    eventually(lambda: rabbitmq.queue_length("q.api") == 2, "both log-ins are to be confirmed")


def test_the_two_providers_people_are_different_users(auth):
    kakao, google = auth.log_in("kakao"), auth.log_in("google")
    decoded = [
        jwt.decode(tokens["access_token"], options={"verify_signature": False}) for tokens in (kakao, google)
    ]
    assert decoded[0]["sub"] != decoded[1]["sub"]


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_browser_is_sent_with_pkce_state_and_nonce_and_gets_a_cookie_no_script_reads(auth, provider):
    answer = auth.http.get(f"/api/v1/auth/login/{provider}")
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert query["code_challenge_method"] == ["S256"]
    assert query["scope"] == ["openid"]
    assert query["redirect_uri"] == [f"https://growbin.app/api/v1/auth/callback/{provider}"]
    assert {len(query[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-login=")
    for attribute in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=600"):
        assert attribute in cookie
    assert answer.headers["Cache-Control"] == "no-store"


def test_tokens_are_answered_to_no_cache(auth):
    answer = auth.callback()
    assert answer.headers["Cache-Control"] == "no-store"
    assert "Max-Age=0" in answer.headers["Set-Cookie"]


def test_what_is_remembered_of_a_login_is_neither_state_nor_cookie(auth, redis_server):
    location, cookie = auth.begin()
    state = parse_qs(urlsplit(location).query)["state"][0]
    with redis_server.client() as client:
        keys = client.keys("oauth:state:*")
        assert len(keys) == 1
        assert 590 <= client.ttl(keys[0]) <= 600
        held = client.get(keys[0])
    assert state not in keys[0] + held
    assert cookie.partition("=")[2] not in held


def test_a_wrong_state_is_refused_without_asking_the_provider(auth, is_problem):
    location, cookie = auth.begin()
    back = auth.at_provider(location)
    asked = len(auth.provider.asked)
    is_problem(auth.come_back(back | {"state": "x" * 43}, cookie), 400, "login-unknown")
    assert len(auth.provider.asked) == asked


def test_a_state_works_once(auth, is_problem):
    location, cookie = auth.begin()
    back = auth.at_provider(location)
    assert auth.come_back(back, cookie).status_code == 200
    is_problem(auth.come_back(back, cookie), 400, "login-unknown")


@pytest.mark.parametrize("cookie", [None, "__Host-login=" + "x" * 43])
def test_a_login_ends_in_the_browser_where_it_began(auth, is_problem, cookie):
    location, own = auth.begin()
    back = auth.at_provider(location)
    is_problem(auth.come_back(back, cookie), 400, "login-unknown")
    is_problem(auth.come_back(back, own), 400, "login-unknown")  # the attempt has used the state up


def test_a_state_of_one_provider_is_no_state_of_the_other(auth, is_problem):
    location, cookie = auth.begin("kakao")
    is_problem(auth.come_back(auth.at_provider(location), cookie, "google"), 400, "login-unknown")


def test_a_code_works_once(auth, is_problem):
    location, cookie = auth.begin()
    code = auth.at_provider(location)["code"]
    assert auth.come_back({"code": code, "state": _state(location)}, cookie).status_code == 200
    location, cookie = auth.begin()
    is_problem(auth.come_back({"code": code, "state": _state(location)}, cookie), 400, "login-refused")


def test_a_code_of_another_login_fails_at_its_pkce_challenge(auth, is_problem):
    stolen = auth.at_provider(auth.begin()[0])["code"]
    location, cookie = auth.begin()
    is_problem(auth.come_back({"code": stolen, "state": _state(location)}, cookie), 400, "login-refused")


def test_a_cancelled_login_is_told_as_such(auth, is_problem):
    auth.provider.switches.denies = True
    is_problem(auth.callback(), 403, "login-denied")


@pytest.mark.parametrize(
    "claims",
    [
        {"nonce": "another"},
        {"nonce": None},
        {"iss": "https://evil.example"},
        {"aud": "another-client"},
        {"aud": ["kakao-client", "another-client"], "azp": "another-client"},
        {"exp": 1},
        {"exp": "soon"},
        {"exp": float("inf")},
        {"exp": None},
        {"iat": 32503680000},
        {"sub": None},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "a\x00b"},
    ],
    ids=str,
)
def test_an_id_token_that_does_not_fit_the_login_is_refused(auth, is_problem, database, claims):
    auth.provider.switches.person = "nobody-yet"
    auth.provider.switches.claims = claims
    is_problem(auth.callback(), 502, "provider-failed")
    with database.connect("auth") as connection:
        held = connection.execute("SELECT count(*) FROM identities WHERE subject = 'nobody-yet'").fetchone()
    assert held == (0,)


@pytest.mark.parametrize(
    ("mode", "status", "code"),
    [
        ("slow", 503, "provider-unavailable"),
        ("hangs-up", 503, "provider-unavailable"),
        ("throttling", 503, "provider-unavailable"),
        ("error", 502, "provider-failed"),
        ("garbage", 502, "provider-failed"),
        ("huge", 502, "provider-failed"),
    ],
)
def test_a_provider_that_fails_is_told_within_the_deadline(auth, is_problem, mode, status, code):
    location, cookie = auth.begin()
    back = auth.at_provider(location)
    auth.provider.switches.mode = mode
    auth.http.timeout = DEADLINE_SECONDS + 5  # the client's own patience is the test's clock
    answer = auth.come_back(back, cookie)
    is_problem(answer, status, code)
    assert ("Retry-After" in answer.headers) == (status == 503)


def test_an_unknown_provider_is_no_route_and_a_callback_without_state_is_invalid(auth, is_problem):
    is_problem(auth.http.get("/api/v1/auth/login/nobody"), 422, "invalid-request")
    is_problem(auth.http.get("/api/v1/auth/callback/kakao"), 422, "invalid-request")


def test_without_a_broker_nobody_is_logged_in_and_nothing_is_kept(auth, rabbitmq, database, is_problem):
    auth.provider.switches.person = "without-broker"
    rabbitmq.stop()
    try:
        answer = auth.callback()
    finally:
        rabbitmq.start()
    is_problem(answer, 503, "busy")
    with database.connect("auth") as connection:
        query = (
            "SELECT count(*) FROM families JOIN identities USING (user_id) WHERE subject = 'without-broker'"
        )
        assert connection.execute(query).fetchone() == (0,)
    auth.log_in()


def test_logs_hold_no_token_code_or_cookie(auth):
    location, cookie = auth.begin()
    back = auth.at_provider(location)
    tokens = auth.come_back(back, cookie).json()
    auth.refresh(tokens)
    log = auth.process.log.read_text()
    for secret in (back["code"], back["state"], cookie.partition("=")[2], *_texts(tokens)):
        assert secret not in log


def test_the_deadline_is_kept_by_the_clock_of_the_log(auth):
    """The request's own log line says how long it took."""
    location, cookie = auth.begin()
    back = auth.at_provider(location)
    auth.provider.switches.mode = "slow"
    auth.come_back(back, cookie)
    lines = [json.loads(line) for line in auth.process.log.read_text().splitlines() if line.startswith("{")]
    took = [
        each["milliseconds"] for each in lines if each.get("status") == 503 and "callback" in each["route"]
    ]
    assert took
    assert max(took) < (DEADLINE_SECONDS + 1) * 1000


def _state(location):
    return parse_qs(urlsplit(location).query)["state"][0]


def _texts(tokens):
    return (tokens["access_token"], tokens["refresh_token"])
