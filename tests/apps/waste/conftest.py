"""waste-service as a process, on real servers, and an app that talks to it."""

from __future__ import annotations

import io
import json
import time
import uuid
from dataclasses import dataclass, field
from typing import Any

import amqp
import httpx2
import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm
from PIL import Image

from tests.servers import manifests
from tests.servers.ports import free_port
from tests.servers.process import Process

PREFIX = "/api/v1/waste"
ISSUER = "https://growbin.app"
KEY = Ed25519PrivateKey.generate()


def jwks() -> str:
    public = OKPAlgorithm.to_jwk(KEY.public_key(), as_dict=True)
    return json.dumps({"keys": [public | {"kid": "test", "alg": "EdDSA", "use": "sig"}]})


def token(user: uuid.UUID, **changed: Any) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": "waste-coach",
        "sub": str(user),
        "jti": str(uuid.uuid4()),
        "typ": "access",
    }
    claims |= {"iat": now, "exp": now + 900} | changed
    return jwt.encode(claims, KEY, algorithm="EdDSA", headers={"kid": "test"})


def picture(kind: str = "JPEG", size: tuple[int, int] = (64, 48), **options: Any) -> bytes:
    file = io.BytesIO()
    Image.new("RGB", size, "green").save(file, kind, **options)
    return file.getvalue()


@dataclass
class App:
    """One user's phone."""

    http: httpx2.Client
    user: uuid.UUID = field(default_factory=uuid.uuid4)
    token: str = ""

    def __post_init__(self) -> None:
        self.token = self.token or token(self.user)

    def ask(self, method: str, path: str, **what: Any) -> httpx2.Response:
        return self.http.request(
            method, PREFIX + path, headers={"Authorization": f"Bearer {self.token}"}, **what
        )

    def announce(self, content_type: str = "image/jpeg", **more: Any) -> dict[str, Any]:
        answer = self.ask("POST", "/analyze", json={"content_type": content_type, **more})
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def upload(self, job: dict[str, Any], content: bytes, **fields: str) -> httpx2.Response:
        form = job["upload"]
        return httpx2.post(form["url"], data=form["fields"] | fields, files={"file": ("photo", content)})

    def uploaded(self, content: bytes | None = None, content_type: str = "image/jpeg") -> str:
        job = self.announce(content_type)
        sent = self.upload(job, picture() if content is None else content)
        assert sent.status_code == 201, sent.text
        return str(job["job_id"])

    def complete(self, job: str) -> httpx2.Response:
        return self.ask("POST", f"/upload-complete/{job}")

    def status(self, job: str) -> httpx2.Response:
        return self.ask("GET", f"/status/{job}")

    def result(self, job: str) -> httpx2.Response:
        return self.ask("GET", f"/result/{job}")


def problem(answer: httpx2.Response, status: int, code: str) -> dict[str, Any]:
    """Assert that `answer` is this problem, and give it."""
    assert answer.status_code == status, answer.text
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = dict(answer.json())
    assert body["type"].endswith(f"/{code}"), body
    return body


@pytest.fixture(scope="module")
def service(database, redis_server, rabbitmq, s3, tmp_path_factory):
    """The process, with the command of its manifest; its limit of photos a minute is out of the way."""
    folder = tmp_path_factory.mktemp("waste")
    (folder / "jwks.json").write_text(jwks())
    container = manifests.pod("Deployment", "waste-service")["containers"][0]
    environment = (
        manifests.variables(container)
        | database.environment("waste")
        | redis_server.environment()
        | rabbitmq.environment("waste-service")
        | s3.environment("waste-service")
        | {"TOKEN_KEYS_FILE": str(folder / "jwks.json"), "ANALYZE_RATE_LIMIT": "1000"}
    )
    port = free_port()
    command = [{"0.0.0.0": "127.0.0.1", "8000": str(port)}.get(word, word) for word in container["command"]]  # noqa: S104
    process = Process(command, environment, log=folder / "log")
    url = f"http://127.0.0.1:{port}"
    process.start().wait_ready(f"{url}/readyz", seconds=60)
    yield url
    process.terminate()


@pytest.fixture
def http(service, redis_server):
    """A client of the service, with nothing in Redis."""
    redis_server.flush()
    with httpx2.Client(base_url=service, timeout=20) as client:
        yield client


@pytest.fixture
def app(http) -> App:
    return App(http)


@pytest.fixture
def waste(database):
    """A connection of the role waste to empty tables."""
    with database.connect("waste") as connection:
        connection.execute("TRUNCATE waste.jobs, waste.orphaned_objects CASCADE")
        yield connection


@pytest.fixture
def queued(rabbitmq):
    """Takes all messages out of q.ai, and tells the jobs that they are about."""

    def jobs() -> list[str]:
        found = []
        login = {"userid": "admin", "password": rabbitmq.environment("admin")["RABBITMQ_PASSWORD"]}
        with amqp.Connection(host=f"{rabbitmq.host}:{rabbitmq.port}", **login) as connection:
            channel = connection.channel()
            while (message := channel.basic_get("q.ai", no_ack=True)) is not None:
                assert message.headers
                assert message.headers["task"] == "image.analyze"
                found.append(json.loads(message.body)[1]["job_id"])
        return found

    jobs()
    return jobs
