"""Nearest bins on real servers: what is answered, and from where."""

from __future__ import annotations

import json
import signal
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from apps.common.bins.grid import Cell, Point
from apps.common.bins.kinds import SEARCHES, Kind
from tests.apps.locations.conftest import BINS, CITY_HALL, DAY, MINUTE, WORD, scattered_bins
from tests.apps.services import problem
from tests.servers.kakao_map import Placed, nearest
from tests.servers.waiting import eventually


def _oracle(places, at, radius):
    return nearest(places, latitude=at.latitude, longitude=at.longitude, radius=radius)


def _near(metres):
    """A point so far north of the city hall."""
    return Point(CITY_HALL.latitude + metres / 111_000, CITY_HALL.longitude)


def test_the_nearest_come_first_with_their_distance(locations, kakao_map):
    kakao_map.places = scattered_bins()
    answer = locations.ask(radius=800, limit=10)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    expected = _oracle(kakao_map.places, CITY_HALL, 800)
    assert [each["id"] for each in body["bins"]] == [place.id for _, place in expected[:10]]
    assert [each["distance"] for each in body["bins"]] == [round(metres) for metres, _ in expected[:10]]
    assert body["total"] == len(expected) > 10
    assert (body["complete_within"], body["stale"], answer.headers["Age"]) == (800, False, "0")
    first = expected[0][1]
    assert body["bins"][0] == {
        "id": first.id,
        "name": f"{WORD} {first.id}",
        "address": f"서울 중구 세종대로 {first.id}",
        "latitude": first.latitude,
        "longitude": first.longitude,
        "distance": round(expected[0][0]),
        "url": f"http://place.map.kakao.com/{first.id}",
    }


def test_pages_of_an_answer_are_all_of_it(locations, kakao_map):
    kakao_map.places = scattered_bins()
    pages = [locations.ask(radius=1500, limit=7, offset=start).json() for start in range(0, 42, 7)]
    told = [each["id"] for page in pages for each in page["bins"]]
    assert told == [place.id for _, place in _oracle(kakao_map.places, CITY_HALL, 1500)]
    assert pages[-1]["total"] == len(told)


def test_a_kind_is_all_that_its_searches_find(locations, kakao_map):
    near, far = _near(100), _near(300)
    kakao_map.places = [
        Placed("1", "행정복지센터", far.latitude, far.longitude),
        Placed("2", "폐건전지 수거함", near.latitude, near.longitude),
        Placed("3", WORD, near.latitude, near.longitude),
        Placed("4", "", near.latitude, near.longitude, category="PM9"),
        Placed("5", "보건소", far.latitude, far.longitude),
    ]
    assert [each["id"] for each in locations.ask(kind="battery").json()["bins"]] == ["2", "1"]
    assert [each["id"] for each in locations.ask(kind="medicine").json()["bins"]] == ["4", "5"]


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_is_looked_for_by_its_words(locations, kakao_map, kind):
    assert locations.ask(kind=kind).json()["bins"] == []
    asked = {(each.get("query"), each.get("category_group_code")) for each in kakao_map.asked}
    assert asked == {(search.word, search.category) for search in SEARCHES[kind]}


def test_where_the_map_does_not_tell_of_all_the_answer_says_how_far_it_is_complete(locations, kakao_map):
    kakao_map.places = scattered_bins(count=400, metres=1500)
    body = locations.ask(radius=1000, limit=45).json()
    sure = body["complete_within"]
    assert 0 < sure < 1000
    expected = [place.id for metres, place in _oracle(kakao_map.places, CITY_HALL, 1000) if metres < sure]
    assert [each["id"] for each in body["bins"]][: len(expected)] == expected
    assert locations.ask(radius=150, limit=45).json()["complete_within"] == 150


def test_near_queries_share_one_search(locations, kakao_map):
    kakao_map.places = scattered_bins()
    centre = Cell.of(CITY_HALL, 1000).centre
    for step in range(-3, 4):
        at = Point(centre.latitude + step * 0.0005, centre.longitude - step * 0.0005)
        ids = [each["id"] for each in locations.ask(at, radius=1000, limit=45).json()["bins"]]
        assert ids == [place.id for _, place in _oracle(kakao_map.places, at, 1000)]
    assert sum(each["page"] == "1" for each in kakao_map.asked) == 1


def test_many_at_once_ask_the_map_once(locations, kakao_map):
    kakao_map.places = scattered_bins()
    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(lambda _: locations.ask(radius=800).json()["bins"], range(24)))
    assert all(answer == answers[0] for answer in answers)
    assert sum(each["page"] == "1" for each in kakao_map.asked) == 1


def test_an_old_answer_is_given_at_once_and_refreshed_by_the_worker(locations, kakao_map, rabbitmq):
    kakao_map.places = scattered_bins()
    locations.ask()
    locations.age(11 * MINUTE)
    kakao_map.mode = "slow"
    asked = len(kakao_map.asked)
    for _ in range(5):
        answer = locations.ask()
        assert answer.status_code == 200
        assert answer.json()["stale"] is True
        assert int(answer.headers["Age"]) >= 11 * MINUTE
    assert len(kakao_map.asked) == asked
    eventually(lambda: rabbitmq.queue_length("q.api") == 1, "the cell is queued, once")
    messages = rabbitmq.management(
        "/queues/%2F/q.api/get",
        method="POST",
        body={"count": 5, "ackmode": "ack_requeue_false", "encoding": "auto"},
    )
    assert [message["routing_key"] for message in messages] == ["api.map.search"]
    _, kwargs, _ = json.loads(messages[0]["payload"])
    assert kwargs == {"kind": "clothing", "cell": str(Cell.of(CITY_HALL, 1000))}


def test_what_is_not_asked_for_is_gone_after_a_week(locations, redis_cache_server):
    locations.ask()
    with redis_cache_server.client() as client:
        (key,) = client.keys("bins:*")
        assert 7 * DAY - 60 < client.ttl(key) <= 7 * DAY


def test_logs_do_not_say_where_somebody_is(locations, kakao_map):
    kakao_map.mode = "error"
    locations.ask()
    assert "37.56" not in locations.process.log.read_text()
    assert "126.97" not in locations.process.log.read_text()


def test_while_another_process_asks_its_answer_is_waited_for(
    locations, kakao_map, redis_server, redis_cache_server
):
    kakao_map.places = scattered_bins()
    locations.ask()
    ready = locations.cached().model_dump_json()
    cell = Cell.of(CITY_HALL, 1000)
    redis_cache_server.flush()
    kakao_map.asked.clear()
    with redis_server.client() as locks, redis_cache_server.client() as cache, ThreadPoolExecutor(1) as pool:
        locks.set(f"lock:bins:clothing:{cell}", "another", px=5000)
        answer = pool.submit(locations.ask)
        time.sleep(0.2)  # the service looks into the cache meanwhile
        cache.set(f"bins:clothing:{cell}", ready)
        assert answer.result().json()["bins"]
    assert kakao_map.asked == []


@pytest.mark.parametrize(
    "query",
    [
        {"latitude": 91},
        {"latitude": 32.9},
        {"longitude": 132.1},
        {"latitude": "nan"},
        {"longitude": "inf"},
        {"radius": 0},
        {"radius": 5001},
        {"radius": 12.5},
        {"kind": "gold"},
        {"limit": 0},
        {"limit": 46},
        {"offset": -1},
        {"latitude": ""},
    ],
    ids=str,
)
def test_what_cannot_be_asked_is_refused(locations, kakao_map, query):
    whole = {"latitude": 37.5, "longitude": 127, "kind": "food"} | query
    problem(locations.http.get(BINS, params=whole, headers=locations.bearer), 422, "invalid-request")
    assert kakao_map.asked == []


def test_the_document_tells_errors_and_the_age(locations):
    operation = locations.http.get("/api/v1/locations/openapi.json").json()["paths"][BINS]["get"]
    assert {"200", "401", "422", "503"} <= set(operation["responses"])
    assert "Age" in operation["responses"]["200"]["headers"]
    assert operation["security"]


def test_sigterm_ends_the_service_in_order(environment, tokens, redis_cache_server, tmp_path, locations):
    service = type(locations)(environment, tokens, cache=redis_cache_server, folder=tmp_path)
    service.ask()
    service.http.close()
    assert service.process.terminate() in {0, -signal.SIGTERM}
    assert "Traceback" not in service.process.log.read_text()
