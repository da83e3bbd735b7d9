"""The two Redis servers with the delivered configuration, started by the delivered line."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import quote

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from tests.servers import manifests
from tests.servers.given import given, only_own, program
from tests.servers.ports import free_port
from tests.servers.process import Process

VARIABLE = "TEST_REDIS_URL"
"""URL of a server to use instead of both: redis://:password@host:port. It must be there for tests only: they
empty it. TEST_REDIS_CACHE_URL names another one for the cache."""

_CACHE_VARIABLE = "TEST_REDIS_CACHE_URL"
_ADMINISTRATOR, _ADMINISTRATORS_PASSWORD = "administrator", "administrators-test-password"


class Redis:
    """One server of the platform's two.

    Args:
        name: `redis` or `redis-cache`: the Deployment and its ConfigMap.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.process: Process | None = None
        self._directory: Path | None = None
        self.password = f"{name}-test-password"
        self.host = "127.0.0.1"
        address = given(VARIABLE)
        if name == "redis-cache":
            address = given(_CACHE_VARIABLE) or address
        if address:
            self.host, self.port = address.hostname or "127.0.0.1", address.port or 6379
            self.password = address.password or ""
            self._login = ("default", self.password)
            if address.username not in {None, "", "default"}:
                pytest.fail(
                    f"{VARIABLE}: the platform logs in as the user default, so name no other", pytrace=False
                )
        else:
            self.port = free_port()
            self._login = (_ADMINISTRATOR, _ADMINISTRATORS_PASSWORD)
            self._directory = Path(tempfile.mkdtemp(prefix=f"tests-{name}-"))
            self.process = self._set_up(self._directory)

    @property
    def url(self) -> str:
        """The server by its administrator, who may run what the platform's own user may not, as FLUSHALL."""
        user, password = self._login
        return f"redis://{user}:{quote(password, safe='')}@{self.host}:{self.port}/0"

    def environment(self) -> dict[str, str]:
        """REDIS_* or REDIS_CACHE_*, as the manifests name them."""
        prefix = self.name.replace("-", "_").upper()
        return {
            f"{prefix}_HOST": self.host,
            f"{prefix}_PORT": str(self.port),
            f"{prefix}_PASSWORD": self.password,
        }

    def client(self) -> redis.Redis:
        """A client of the administrator, answering text; close it."""
        retry = Retry(NoBackoff(), 0)
        return redis.Redis.from_url(self.url, decode_responses=True, socket_timeout=5, retry=retry)

    def flush(self) -> None:
        """Empty the server."""
        with self.client() as client:
            client.flushall()

    def start(self) -> Redis:
        """Start, or start again on the same port and data, and wait until it answers."""
        if self.process:
            self.process.start().wait_until(self._answers, "it answers")
        elif not self._answers():
            pytest.fail(f"Redis at {self.host}:{self.port} does not answer, or not this login", pytrace=False)
        return self

    def stop(self) -> None:
        self._own().terminate()

    def kill(self) -> None:
        """Crash: what the append-only file did not get, a second's worth at most, is lost."""
        self._own().kill()

    def pause(self) -> None:
        self._own().pause()

    def resume(self) -> None:
        self._own().resume()

    def close(self) -> None:
        """End the server and remove its data."""
        if self.process and self._directory:
            self.process.terminate()
            shutil.rmtree(self._directory, ignore_errors=True)

    def _set_up(self, directory: Path) -> Process:
        program("redis-server", package="redis-server", variable=VARIABLE)
        configuration = manifests.files(self.name)["redis.conf"]
        if self.name == "redis":
            configuration = manifests.substituted(configuration, {"dir /data": f"dir {directory}"})
        administrator = f"user {_ADMINISTRATOR} on >{_ADMINISTRATORS_PASSWORD} ~* &* +@all\n"
        here = f"bind 127.0.0.1\nport {self.port}\n{administrator}"
        file = directory / "redis.conf"
        file.write_text(configuration + here)
        shell, flag, script = manifests.pod("Deployment", self.name)["containers"][0]["command"]
        script = manifests.substituted(script, {"/etc/redis/redis.conf": str(file)})
        return Process(
            [shell, flag, script],
            {"REDISCLI_AUTH": self.password},
            log=directory / "log",
            directory=directory,
        )

    def _answers(self) -> bool:
        try:
            with self.client() as client:
                return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError, redis.BusyLoadingError):
            return False

    def _own(self) -> Process:
        if not self.process:
            only_own(_CACHE_VARIABLE if os.environ.get(_CACHE_VARIABLE) else VARIABLE)
        assert self.process
        return self.process
