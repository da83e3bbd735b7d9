"""oauth.verify: what its provider does not confirm ends."""

from __future__ import annotations

import uuid
from hashlib import sha256

import httpx2
import pytest

from apps.common.database import engine
from apps.common.redis import sync_redis
from apps.common.settings import PostgresSettings, RedisSettings, load
from apps.worker_api.oauth import Logins, OAuthSettings, ProviderFailedError, TokenInfoEndpoint, verify

PROVIDERS = pytest.mark.parametrize("provider", ["kakao", "google"])


class Worker:
    """What the task works with, on the servers of the test."""

    def __init__(self, database, seconds=0.5):
        self._engine = engine(load(PostgresSettings), application="test")
        self._redis = sync_redis(load(RedisSettings))
        self._client = httpx2.Client(timeout=seconds)
        self._database = database
        self.logins = Logins(self._engine, self._redis)
        self.providers = TokenInfoEndpoint(load(OAuthSettings), self._client)

    def login_of(self, tokens):
        with self._database.connect("auth") as connection:
            digest = sha256(tokens["refresh_token"].encode()).digest()
            query = "SELECT family_id FROM refresh_tokens WHERE digest = %s"
            return connection.execute(query, (digest,)).fetchone()[0]

    def verify(self, login):
        verify(login, self.logins, self.providers)

    def close(self):
        self._client.close()
        self._redis.close()
        self._engine.dispose()


@pytest.fixture
def worker(auth, service_environment, database, monkeypatch):
    for name, value in service_environment.items():
        monkeypatch.setenv(name, value)
    made = Worker(database)
    yield made
    made.close()


def _ended(auth, tokens):
    access, refresh = auth.ask("GET", "/sessions", tokens).status_code, auth.refresh(tokens).status_code
    assert access == refresh
    return refresh == 401


@PROVIDERS
def test_what_the_provider_confirms_goes_on(auth, worker, redis_server, database, provider):
    tokens = auth.log_in(provider)
    login = worker.login_of(tokens)
    worker.verify(login)
    asked = auth.provider.asked.copy()
    worker.verify(login)  # delivered twice
    assert auth.provider.asked == asked
    assert asked[-1].endswith("/tokeninfo")
    with redis_server.client() as client:
        assert not client.exists(f"oauth:login:{login}")
    with database.connect() as connection:
        connection.execute("UPDATE auth.families SET created_at = created_at - interval '1 hour'")
    assert not _ended(auth, tokens)


@PROVIDERS
def test_what_the_provider_disowns_ends_at_once(auth, worker, provider):
    tokens = auth.log_in(provider)
    auth.provider.switches.disowns = True
    worker.verify(worker.login_of(tokens))
    assert _ended(auth, tokens)


def test_an_id_token_that_waited_too_long_confirms_nothing(auth, worker, redis_server):
    tokens = auth.log_in()
    login = worker.login_of(tokens)
    with redis_server.client() as client:
        assert 290 <= client.ttl(f"oauth:login:{login}") <= 300
        client.delete(f"oauth:login:{login}")
    worker.verify(login)
    assert _ended(auth, tokens)


def test_another_persons_id_token_confirms_nothing(auth, worker, redis_server):
    tokens = auth.log_in()
    login = worker.login_of(tokens)
    other = auth.provider.id_token("kakao-client", "somebody-else", "nonce")
    with redis_server.client() as client:
        client.set(f"oauth:login:{login}", other)
    worker.verify(login)
    assert _ended(auth, tokens)


@pytest.mark.parametrize("mode", ["slow", "error", "garbage", "hangs-up", "throttling"])
def test_a_provider_that_fails_is_asked_again_later(auth, worker, mode):
    tokens = auth.log_in()
    login = worker.login_of(tokens)
    auth.provider.switches.mode = mode
    with pytest.raises(ProviderFailedError) as failure:
        worker.verify(login)
    assert "eyJ" not in str(failure.value)
    auth.provider.switches.mode = "well"
    worker.verify(login)
    assert not _ended(auth, tokens)


def test_a_login_that_is_gone_needs_nothing(auth, worker):
    worker.verify(uuid.uuid4())
    assert auth.provider.asked == []
