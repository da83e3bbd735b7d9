"""Nearest bins on real servers when the map, a store or the broker is away: who is told what, how soon."""

from __future__ import annotations

import time

import pytest

from apps.locations.kakao import DEADLINE_SECONDS
from tests.apps.locations.conftest import DAY, MINUTE, scattered_bins
from tests.apps.services import problem
from tests.servers.kakao_map import KEY
from tests.servers.waiting import eventually


@pytest.mark.parametrize("mode", ["slow", "error", "throttling", "garbage", "huge", "hangs-up"])
def test_a_map_that_fails_is_told_in_time_and_asked_again_in_the_background(
    locations, kakao_map, rabbitmq, mode
):
    kakao_map.mode = mode
    before = len(_unavailable(locations))
    answer = locations.ask()
    problem(answer, 503, "map-unavailable")
    assert int(answer.headers["Retry-After"]) > 0
    eventually(lambda: len(_unavailable(locations)) > before, "the line that follows the answer is written")
    assert _unavailable(locations)[-1]["milliseconds"] < (DEADLINE_SECONDS + 0.7) * 1000
    eventually(lambda: rabbitmq.queue_length("q.api") == 1, "the cell is queued")
    kakao_map.release()
    kakao_map.mode = "well"
    kakao_map.places = scattered_bins()
    eventually(lambda: locations.ask().status_code == 200, "the map is found again")


@pytest.mark.parametrize("mode", ["slow", "error", "throttling", "garbage"])
def test_a_map_that_fails_does_not_harm_who_has_an_answer(locations, kakao_map, mode):
    kakao_map.places = scattered_bins()
    fresh = locations.ask().json()
    locations.age(6 * DAY)
    kakao_map.mode = mode
    stale = locations.ask().json()
    assert stale["stale"] is True
    assert stale["bins"] == fresh["bins"]


def test_a_wrong_key_is_in_the_log_and_the_key_is_not(
    environment, tokens, redis_cache_server, tmp_path, locations
):
    wrong = "wrong-key-of-kakao"
    service = type(locations)(
        environment | {"KAKAO_REST_API_KEY": wrong}, tokens, cache=redis_cache_server, folder=tmp_path
    )
    try:
        problem(service.ask(), 503, "map-unavailable")
        errors = [line for line in service.log() if line["level"] == "error"]
        assert any("KAKAO_REST_API_KEY" in line["reason"] for line in errors)
        assert wrong not in service.process.log.read_text()
        assert KEY not in service.process.log.read_text()
    finally:
        service.close()


def test_without_the_cache_the_map_is_asked_each_time(locations, kakao_map, redis_cache_server):
    kakao_map.places = scattered_bins()
    redis_cache_server.stop()
    try:
        assert locations.ask().json()["bins"]
        assert locations.ask().json()["bins"]
        assert sum(each["page"] == "1" for each in kakao_map.asked) == 2
        assert locations.http.get("/readyz").status_code == 200
    finally:
        redis_cache_server.start()
    locations.ask()
    eventually(locations.cached, "the cache is used again")


def test_a_cache_that_hangs_is_not_waited_for(locations, kakao_map, redis_cache_server):
    kakao_map.places = scattered_bins()
    locations.http.timeout = 5
    redis_cache_server.pause()
    try:
        assert locations.ask().json()["bins"]
    finally:
        redis_cache_server.resume()


def test_nonsense_in_the_cache_is_a_miss(locations, kakao_map, redis_cache_server):
    kakao_map.places = scattered_bins()
    locations.ask()
    with redis_cache_server.client() as client:
        (key,) = client.keys("bins:*")
        client.set(key, b"\xff{")
    assert locations.ask().json()["bins"]
    assert locations.cached() is not None


def test_without_redis_nobody_is_let_in_as_tokens_may_have_been_revoked(locations, redis_server):
    redis_server.stop()
    try:
        problem(locations.ask(), 503, "unavailable")
        assert locations.http.get("/readyz").status_code == 503
        assert locations.http.get("/healthz").status_code == 200
    finally:
        redis_server.start()
    assert locations.ask().status_code == 200


def test_without_a_broker_old_answers_are_refreshed_by_the_service(locations, kakao_map, rabbitmq):
    kakao_map.places = scattered_bins()
    locations.ask()
    locations.age(11 * MINUTE)
    rabbitmq.stop()
    try:
        assert locations.ask().json()["stale"] is True
        eventually(lambda: locations.cached().fresh(time.time()), "it is refreshed")
        assert locations.ask().json()["stale"] is False
    finally:
        rabbitmq.start()


def _unavailable(locations):
    """What is logged of answers 503."""
    return [line for line in locations.log() if line.get("status") == 503]
