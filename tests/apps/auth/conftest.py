"""auth-service as a process, on real servers, with a provider to log in at."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from tests.servers import manifests
from tests.servers.identity_provider import IdentityProvider
from tests.servers.ports import free_port
from tests.servers.process import REPOSITORY, Process

PUBLIC_URL = "https://growbin.app/api/v1/auth"
PREFIX = "/api/v1/auth"


def keys_command(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "apps.auth.keys", *arguments],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@dataclass
class AuthService:
    """A running service, and a browser that is in no hurry."""

    http: httpx2.Client
    provider: IdentityProvider
    keys: Path
    process: Process

    def begin(self, provider="kakao", **headers):
        """The way to the provider: its address, and the cookie that the browser was given."""
        answer = self.http.get(f"{PREFIX}/login/{provider}", headers=headers)
        assert answer.status_code == 302, answer.text
        return answer.headers["Location"], answer.headers["Set-Cookie"].partition(";")[0]

    def at_provider(self, location):
        """What the provider sends the browser back with."""
        answer = httpx2.get(location)
        assert answer.status_code == 302, answer.text
        back = answer.headers["Location"]
        assert back.startswith(f"{PUBLIC_URL}/callback/")
        return {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}

    def come_back(self, query, cookie, provider="kakao", **headers):
        told = headers | ({"Cookie": cookie} if cookie else {})
        return self.http.get(f"{PREFIX}/callback/{provider}", params=query, headers=told)

    def callback(self, provider="kakao", **headers):
        """A whole log-in's last answer."""
        location, cookie = self.begin(provider, **headers)
        return self.come_back(self.at_provider(location), cookie, provider, **headers)

    def log_in(self, provider="kakao"):
        answer = self.callback(provider)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def refresh(self, tokens, **headers):
        body = {"refresh_token": tokens["refresh_token"]}
        return self.http.post(f"{PREFIX}/refresh", json=body, headers=headers)

    def ask(self, method, path, tokens):
        token = tokens if isinstance(tokens, str) else tokens["access_token"]
        return self.http.request(method, PREFIX + path, headers={"Authorization": f"Bearer {token}"})


@pytest.fixture(scope="module")
def identity_provider():
    server = IdentityProvider().start()
    yield server
    server.close()


@pytest.fixture(scope="module")
def service_environment(database, redis_server, rabbitmq, identity_provider, tmp_path_factory):
    folder = tmp_path_factory.mktemp("auth")
    made = keys_command("new", str(folder / "keys.json"))
    assert made.returncode == 0, made.stderr
    container = manifests.pod("Deployment", "auth-service")["containers"][0]
    return (
        manifests.variables(container)
        | database.environment("auth")
        | redis_server.environment()
        | rabbitmq.environment("auth-service")
        | identity_provider.environment()
        # The test stands where the load balancer would.
        | {"SIGNING_KEYS_FILE": str(folder / "keys.json"), "FORWARDED_ALLOW_IPS": "127.0.0.1"}
        | {f"RATE_LIMIT_{name}": "1000" for name in ("LOGIN", "REFRESH", "ACCOUNT")}
    )


@pytest.fixture(scope="module")
def start_service(service_environment, identity_provider, tmp_path_factory):
    """Starts services with further variables; all end with the module."""
    started = []

    def start(**variables):
        port = free_port()
        command = manifests.pod("Deployment", "auth-service")["containers"][0]["command"]
        command = [{"0.0.0.0": "127.0.0.1", "8000": str(port)}.get(word, word) for word in command]  # noqa: S104
        environment = service_environment | variables
        log = tmp_path_factory.mktemp("service") / "log"
        process = Process(command, environment, log=log).start()
        client = httpx2.Client(base_url=f"http://127.0.0.1:{port}", timeout=20)
        started.append((process, client))
        process.wait_ready(f"http://127.0.0.1:{port}/readyz", seconds=60)
        keys = Path(environment["SIGNING_KEYS_FILE"])
        return AuthService(http=client, provider=identity_provider, keys=keys, process=process)

    yield start
    for process, client in started:
        client.close()
        process.terminate()


@pytest.fixture(scope="module")
def running(start_service):
    return start_service()


@pytest.fixture
def auth(running, redis_server, identity_provider):
    """The service, with nothing in Redis and a provider that is well."""
    redis_server.flush()
    identity_provider.reset()
    yield running
    identity_provider.reset()


def problem(answer, status, code):
    """Assert that `answer` is this problem, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = json.loads(answer.content)
    assert body["type"].endswith(f"/{code}"), body
    return body


@pytest.fixture
def is_problem():
    return problem
