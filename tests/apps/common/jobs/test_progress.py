"""The record of a job only goes forward, whoever writes it, in whatever order."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.common.jobs.progress import (
    PROGRESS_SECONDS,
    Failure,
    Progress,
    State,
    advance,
    advance_async,
    job_key,
)
from apps.common.redis import async_redis, sync_redis
from apps.common.settings import RedisSettings

FAILURE = Failure(reason="stuck", detail="It did not end.")


def promised() -> Progress:
    return Progress.promised(job_id=uuid.uuid4(), user_id=uuid.uuid4(), content_type="image/png")


def at(record: Progress, state: State) -> Progress:
    return record.at(state, failure=FAILURE if state is State.FAILED else None)


@pytest.fixture(scope="module")
def redis_settings(redis_server):
    told = redis_server.environment()
    return RedisSettings(host=told["REDIS_HOST"], port=told["REDIS_PORT"], password=told["REDIS_PASSWORD"])


@pytest.fixture(scope="module")
def redis(redis_settings):
    with sync_redis(redis_settings) as client:
        yield client


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)
@given(st.lists(st.sampled_from(list(State)), max_size=12))
def test_the_furthest_state_stays(redis, states):
    record = promised()
    best = State.AWAITING_UPLOAD
    for state in states:
        further = state.rank >= best.rank
        assert advance(redis, at(record, state)) is (further or state is best)
        best = state if further else best
        stored = Progress.from_json(redis.get(job_key(record.job_id)))
        assert (stored.state, stored.progress, stored.user_id) == (best, best.percent, record.user_id)
        assert (stored.failure is not None) == (best is State.FAILED)
        assert 0 < redis.ttl(job_key(record.job_id)) <= PROGRESS_SECONDS


async def both(redis_settings, record):
    async with async_redis(redis_settings) as client:
        return [await advance_async(client, at(record, state)) for state in (State.DONE, State.QUEUED)]


def test_services_and_workers_write_the_same(redis, redis_settings):
    import asyncio

    record = promised()
    assert asyncio.run(both(redis_settings, record)) == [True, False]
    assert not advance(redis, at(record, State.FAILED))
    assert Progress.from_json(redis.get(job_key(record.job_id))).state is State.DONE


@given(st.sampled_from(list(State)))
def test_a_record_is_read_as_it_was_written(state):
    record = at(promised(), state)
    assert Progress.from_json(record.to_json()) == record


def test_only_a_failed_job_has_a_failure():
    with pytest.raises(ValueError, match="needs a failure"):
        promised().at(State.FAILED)
    with pytest.raises(ValueError, match="has no failure"):
        promised().at(State.DONE, failure=FAILURE)


def test_progress_never_falls_from_state_to_state():
    figures = [state.percent for state in sorted(State, key=lambda state: state.rank)]
    assert figures == sorted(figures)
