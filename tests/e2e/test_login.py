"""Logging in and out, from the phone through the load balancer to every service."""

from __future__ import annotations

import uuid

import pytest

from tests.e2e.substitutions import DATABASE
from tests.servers.waiting import eventually


@pytest.mark.parametrize("provider", ["kakao", "google"])
def test_a_log_in_is_confirmed_in_the_background_and_ended_by_a_log_out(phone, provider, person, postgres):
    phone.log_in(provider)
    with postgres.connect(DATABASE) as database:
        confirmed = "SELECT count(*) FROM auth.families JOIN auth.identities USING (user_id)"
        confirmed += " WHERE subject = %s AND confirmed_at IS NOT NULL"
        eventually(
            lambda: database.execute(confirmed, [person]).fetchone() == (1,), "oauth.verify has confirmed"
        )
    phone.refresh()
    assert len(phone.ask("GET", "/api/v1/auth/sessions")["sessions"]) == 1
    phone.log_out()
    for path in ("auth/sessions", "users/me", "waste/status/" + str(uuid.uuid4())):
        phone.ask("GET", f"/api/v1/{path}", status=401)


def test_who_is_not_logged_in_is_refused_everywhere(phone):
    for path in ("auth/sessions", "users/me", "waste/status/" + str(uuid.uuid4())):
        phone.ask("GET", f"/api/v1/{path}", status=401)


def test_what_no_service_has_is_the_load_balancers_answer(phone):
    answer = phone.http.get("/wp-login.php")
    assert (answer.status_code, answer.text) == (404, "Not found")
