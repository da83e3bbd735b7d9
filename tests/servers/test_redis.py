"""Redis as the platform runs it."""

from __future__ import annotations

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry


def _client(server):
    values = server.environment()
    prefix = "REDIS_CACHE" if server.name == "redis-cache" else "REDIS"
    return redis.Redis(
        host=values[f"{prefix}_HOST"],
        port=int(values[f"{prefix}_PORT"]),
        password=values[f"{prefix}_PASSWORD"],
        decode_responses=True,
        socket_timeout=1,
        retry=Retry(NoBackoff(), 0),
    )


def test_the_platforms_user_works_and_may_do_nothing_dangerous(redis_server):
    with _client(redis_server) as client:
        client.set("trial", "1", ex=60)
        assert client.get("trial") == "1"
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.flushall()
        with pytest.raises(redis.exceptions.NoPermissionError):
            client.config_get("*")


def test_without_the_password_nothing_is_answered(redis_server):
    with (
        redis.Redis(port=redis_server.port, retry=Retry(NoBackoff(), 0)) as client,
        pytest.raises(redis.AuthenticationError),
    ):
        client.get("trial")


@pytest.mark.parametrize(
    ("fixture", "policy", "append_only"),
    [("redis_server", "noeviction", "yes"), ("redis_cache_server", "allkeys-lru", "no")],
)
def test_each_server_keeps_what_it_must(request, fixture, policy, append_only):
    with request.getfixturevalue(fixture).client() as client:
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": policy}
        assert client.config_get("appendonly") == {"appendonly": append_only}


def test_progress_survives_a_restart_and_the_cache_does_not(redis_server, redis_cache_server):
    for server in (redis_server, redis_cache_server):
        with server.client() as client:
            client.set("kept", "1")
        server.stop()
        with server.client() as client, pytest.raises(redis.ConnectionError):
            client.get("kept")
        server.start()
    with redis_server.client() as kept, redis_cache_server.client() as lost:
        assert kept.get("kept") == "1"
        assert lost.get("kept") is None


def test_a_paused_server_answers_nobody(redis_server):
    with _client(redis_server) as client:
        client.get("kept")
        redis_server.pause()
        try:
            with pytest.raises(redis.TimeoutError):
                client.get("kept")
        finally:
            redis_server.resume()
