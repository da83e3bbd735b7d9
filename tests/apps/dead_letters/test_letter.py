"""What is read out of a message, whatever is in it."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.common.messaging import Messaging
from apps.dead_letters.encoding import from_json, to_json
from apps.dead_letters.letter import read
from tests.servers import manifests

MESSAGING = Messaging.model_validate_json(manifests.files("messaging")["messaging.json"])
DIED = datetime(2026, 1, 2, 3, 4, 5)

_TEXT = st.text(max_size=20)
_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False)
    | _TEXT
    | st.binary(max_size=20)
    | st.datetimes(max_value=datetime(9999, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
    | st.decimals(allow_nan=False, allow_infinity=False, places=2),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(_TEXT, inner, max_size=4),
    max_leaves=12,
)


def _message(headers, body=b"[[], {}, {}]"):
    return read(body, {"content_type": "application/json", "application_headers": headers}, MESSAGING)


def _death(queue="q.ai", reason="rejected", **more):
    return {
        "queue": queue,
        "reason": reason,
        "count": 1,
        "time": DIED,
        "exchange": "tasks",
        "routing-keys": ["ai.image.analyze"],
        **more,
    }


@given(_VALUES)
def test_headers_come_back_as_they_were(value):
    assert from_json(json.loads(json.dumps(to_json(value), allow_nan=False))) == value


@pytest.mark.parametrize(
    "value", [{"$bytes": "eA=="}, {"$table": {"$time": "x"}}, Decimal("1.10"), float("inf")]
)
def test_values_that_look_like_an_encoding_come_back_too(value):
    assert from_json(json.loads(json.dumps(to_json(value)))) == value


@given(st.binary(max_size=50), st.dictionaries(st.sampled_from(["x-death", "task", "id", "job_id"]), _VALUES))
def test_nothing_in_a_message_is_an_error(body, headers):
    letter = _message(headers, body)
    assert letter.body == body
    assert "\0" not in letter.task
    assert letter.fingerprint == _message(headers, body).fingerprint


def test_the_queues_that_delay_a_retry_are_not_where_it_died():
    letter = _message(
        {
            "task": "image.analyze",
            "x-death": [
                _death("celery_delayed_1", "expired"),
                _death(**{"routing-keys": ["0.0.1.ai.image.analyze"], "exchange": "celery_delayed_delivery"}),
            ],
        }
    )
    assert (letter.queue, letter.cause, letter.deaths) == ("q.ai", "rejected", 1)
    assert letter.routing_key == "ai.image.analyze"


def test_the_brokers_word_for_the_last_queue_goes_before_the_order():
    deaths = [_death("q.ai"), _death("q.api", "expired")]
    letter = _message({"task": "map.search", "x-death": deaths, "x-last-death-queue": "q.api"})
    assert (letter.queue, letter.cause) == ("q.api", "expired")


def test_the_same_message_dying_again_has_another_fingerprint():
    one, other = (
        _message({"task": "map.search", "id": "1", "x-death": [_death(count=count)]}) for count in (1, 2)
    )
    again = _message({"task": "map.search", "id": "1", "x-death": [_death()], "x-delivery-count": 3})
    assert one.fingerprint == again.fingerprint != other.fingerprint


def test_a_job_is_found_in_headers_or_arguments():
    job = "7b1f8e5e-7d5e-4b52-9a58-2f3f0c2b8d55"
    assert str(_message({"task": "image.analyze", "job_id": job}).job_id) == job
    body = json.dumps([[], {"job_id": job}, {}]).encode()
    assert str(_message({"task": "image.analyze"}, body).job_id) == job
    assert _message({"task": "image.analyze", "job_id": "none"}).job_id is None
