"""Rate limits: by client address, as far as the load balancer is believed, and by account."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest


@pytest.fixture(scope="module")
def narrow(start_service):
    return start_service(RATE_LIMIT_LOGIN="3", RATE_LIMIT_REFRESH="4", RATE_LIMIT_ACCOUNT="5")


@pytest.fixture
def limited(narrow, redis_server, identity_provider):
    redis_server.flush()
    identity_provider.reset()
    return narrow


def _login(service, address):
    return service.http.get("/api/v1/auth/login/kakao", headers={"X-Forwarded-For": address})


def test_one_address_is_limited_and_told_when_to_come_back(limited, is_problem):
    assert [_login(limited, "192.0.2.1").status_code for _ in range(3)] == [302] * 3
    answer = _login(limited, "192.0.2.1")
    is_problem(answer, 429, "too-many-requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert _login(limited, "192.0.2.2").status_code == 302


def test_what_the_client_writes_into_the_header_changes_nothing(limited):
    answers = [_login(limited, f"198.51.100.{i}, 192.0.2.1").status_code for i in range(4)]
    assert answers == [302, 302, 302, 429]


def test_a_network_of_ipv6_counts_as_one_client(limited):
    answers = [_login(limited, f"2001:db8:0:1::{i}").status_code for i in range(4)]
    assert answers == [302, 302, 302, 429]
    assert _login(limited, "2001:db8:0:2::1").status_code == 302


def test_nothing_but_the_load_balancer_is_believed(start_service, redis_server):
    service = start_service(RATE_LIMIT_LOGIN="3", FORWARDED_ALLOW_IPS="10.0.1.0/24,10.0.2.0/24")
    redis_server.flush()
    answers = [_login(service, f"192.0.2.{i}").status_code for i in range(4)]
    assert answers == [302, 302, 302, 429]


def test_requests_at_once_are_all_counted(limited, redis_server):
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: _login(limited, "192.0.2.1").status_code, range(16)))
    assert sorted(answers) == [302] * 3 + [429] * 13
    with redis_server.client() as client:
        assert client.get("rate:login:192.0.2.1") == "16"
        assert 1 <= client.ttl("rate:login:192.0.2.1") <= 60


def test_refreshes_are_limited_by_address_and_by_account(limited, is_problem):
    tokens = limited.callback(**{"X-Forwarded-For": "192.0.2.9"}).json()
    for i in range(5):
        answer = limited.refresh(tokens, **{"X-Forwarded-For": f"192.0.2.{i}"})
        assert answer.status_code == 200
        tokens = answer.json()
    is_problem(limited.refresh(tokens, **{"X-Forwarded-For": "192.0.2.77"}), 429, "too-many-requests")
    for _ in range(4):
        wrong = {"refresh_token": "x" * 43}
        is_problem(limited.refresh(wrong, **{"X-Forwarded-For": "192.0.2.99"}), 401, "refresh-refused")
    is_problem(limited.refresh(wrong, **{"X-Forwarded-For": "192.0.2.99"}), 429, "too-many-requests")


def test_a_refused_refresh_uses_no_token_up(limited, redis_server):
    tokens = limited.callback().json()
    for i in range(5):
        tokens = limited.refresh(tokens, **{"X-Forwarded-For": f"192.0.2.{i}"}).json()
    assert limited.refresh(tokens).status_code == 429
    redis_server.flush()
    assert limited.refresh(tokens).status_code == 200


def test_logins_of_one_account_are_limited_whatever_the_address(limited, is_problem):
    for i in range(5):
        assert limited.callback(**{"X-Forwarded-For": f"192.0.2.{i}"}).status_code == 200
    is_problem(limited.callback(**{"X-Forwarded-For": "192.0.2.7"}), 429, "too-many-requests")
