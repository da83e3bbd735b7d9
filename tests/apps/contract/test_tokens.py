"""No protected route believes a bad token, and none leaves a trace of who has brought it."""

from __future__ import annotations

import httpx2
import pytest

from tests.apps.contract.bad_tokens import UNACCEPTABLE

PUBLIC = {
    "GET /api/v1/auth/login/{provider}",
    "GET /api/v1/auth/callback/{provider}",
    "POST /api/v1/auth/refresh",
    "GET /api/v1/auth/.well-known/jwks.json",
}
"""What is for everybody. All the rest asks for a token."""

REFUSAL = (
    401,
    "application/problem+json",
    "https://growbin.app/problems/unauthorized",
    ["detail", "status", "title", "type"],
    "Bearer",
)


def refusal(answer: httpx2.Response) -> tuple[object, ...]:
    """What of an answer is the same for every bad token."""
    is_json = "json" in answer.headers.get("Content-Type", "")
    body = answer.json() if is_json and answer.content else {}
    return (
        answer.status_code,
        answer.headers.get("Content-Type"),
        body.get("type"),
        sorted(body),
        answer.headers.get("WWW-Authenticate", "").partition(" ")[0],
    )


def test_all_but_the_way_in_is_protected(platform):
    assert {str(each) for each in platform.operations if not each.protected} == PUBLIC


@pytest.mark.parametrize("bad", UNACCEPTABLE)
def test_a_bad_token_is_refused_and_leaves_no_trace(platform, values, material, stores, bad):
    headers = UNACCEPTABLE[bad](material)
    before = stores.content()
    told = {str(each): refusal(each.ask(headers, values)) for each in platform.protected}
    assert told == {str(each): REFUSAL for each in platform.protected}
    assert before.changes(stores.content()) == []


def test_the_same_requests_with_a_good_token_do_their_work(platform, values, entrance, uploaded, stores):
    for operation in platform.protected:
        person = entrance.newcomer()
        own = {**values, "job_id": uploaded(person)}
        before = stores.content()
        answer = operation.ask(person.bearer, own)
        assert answer.status_code in {200, 201, 202, 204, 409}, (str(operation), answer.text)
        if operation.method != "GET":
            assert before.changes(stores.content()), (
                f"{operation} left no trace: the stores are not looked at"
            )


def test_the_scheme_may_be_written_in_any_case(platform, values, person):
    for operation in platform.protected:
        if operation.method == "GET":
            answer = operation.ask({"Authorization": f"bEARER  {person.access}"}, values)
            assert answer.status_code in {200, 409}, (str(operation), answer.text)
