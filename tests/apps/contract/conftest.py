"""All HTTP services on real servers, a person who uses them, and another one."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx2
import jwt
import pytest
from PIL import Image

from tests.apps.auth.conftest import AuthService, keys_command
from tests.apps.contract.bad_tokens import Material
from tests.apps.contract.platform import Platform
from tests.apps.contract.stores import Stores
from tests.servers import manifests
from tests.servers.identity_provider import IdentityProvider
from tests.servers.kakao_map import KakaoMap

_LIMITS = ("RATE_LIMIT_LOGIN", "RATE_LIMIT_REFRESH", "RATE_LIMIT_ACCOUNT", "ANALYZE_RATE_LIMIT")
NAME = "somebody whom nobody else may see"
_OUT_OF_THE_WAY = "1000000"
"""Requests a minute: a test asks more in a second than a person in a day."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the groups
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One process runs all of these: a file's tests share four services."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.xdist_group("contract"))


@dataclass(frozen=True)
class Person:
    """Somebody who has logged in."""

    id: UUID
    access: str
    refresh: str

    @property
    def bearer(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


@dataclass(frozen=True)
class Entrance:
    """Lets people in, by the providers and auth-service."""

    service: AuthService

    def log_in(self, name: str) -> Person:
        self.service.provider.switches.person = name
        told = self.service.log_in()
        claims = jwt.decode(told["access_token"], options={"verify_signature": False})
        return Person(UUID(claims["sub"]), told["access_token"], told["refresh_token"])

    def newcomer(self) -> Person:
        """Somebody who has never been here."""
        return self.log_in(str(uuid4()))


@pytest.fixture(scope="module")
def keys(tmp_path_factory) -> Path:
    """auth-service's file of signing keys."""
    path = tmp_path_factory.mktemp("keys") / "keys.json"
    made = keys_command("new", str(path))
    assert made.returncode == 0, made.stderr
    return Path(path)


@pytest.fixture(scope="module")
def public_keys(keys) -> Path:
    """What the Secret token-keys holds."""
    told = keys_command("public", str(keys))
    assert told.returncode == 0, told.stderr
    path = keys.with_name("jwks.json")
    path.write_text(told.stdout)
    return Path(path)


@pytest.fixture(scope="module")
def neighbours() -> Iterator[tuple[IdentityProvider, KakaoMap]]:
    """Where people log in, and where bins are looked for."""
    provider, kakao_map = IdentityProvider().start(), KakaoMap().start()
    yield provider, kakao_map
    provider.close()
    kakao_map.close()


@pytest.fixture(scope="module")
def environment(  # noqa: PLR0917 - a fixture is given what it names
    database, redis_server, redis_cache_server, rabbitmq, s3, keys, public_keys, neighbours
) -> Callable[[str, dict[str, Any]], dict[str, str]]:
    """What a service is told here: servers and Secrets, by the names in its manifest."""
    everybody = (
        redis_server.environment()
        | redis_cache_server.environment()
        | {"SIGNING_KEYS_FILE": str(keys), "TOKEN_KEYS_FILE": str(public_keys)}
        | {"FORWARDED_ALLOW_IPS": "127.0.0.1"}
        | dict.fromkeys(_LIMITS, _OUT_OF_THE_WAY)
    )
    for each in neighbours:
        everybody |= each.environment()

    def of(name: str, container: dict[str, Any]) -> dict[str, str]:
        told = manifests.variables(container)
        own = dict(everybody)
        if "POSTGRES_USER" in told:
            own |= database.environment(told["POSTGRES_USER"])
        if "RABBITMQ_USER" in told:
            own |= rabbitmq.environment(told["RABBITMQ_USER"])
        if "AWS_ROLE_ARN" in told:
            own |= s3.environment(name)
        return own

    return of


@pytest.fixture(scope="module")
def platform(  # noqa: PLR0917 - a fixture is given what it names
    environment, redis_server, redis_cache_server, rabbitmq, s3, tmp_path_factory
):
    """The services, on empty stores; what they leave is removed."""

    def empty() -> None:
        for server in (redis_server, redis_cache_server):
            server.flush()
        rabbitmq.purge_all()
        s3.empty()

    empty()
    running = Platform(environment, tmp_path_factory.mktemp("services"))
    yield running
    running.close()
    empty()


@pytest.fixture(scope="module")
def entrance(platform, keys, neighbours) -> Entrance:
    service = platform.services["auth-service"]
    return Entrance(AuthService(service.http, neighbours[0], keys, service.process))


@pytest.fixture(scope="module")
def stores(database, redis_server, redis_cache_server, rabbitmq, s3) -> Iterator[Stores]:
    with Stores(database, (redis_server, redis_cache_server), rabbitmq, s3) as stores:
        yield stores


@pytest.fixture(scope="module")
def person(platform, entrance: Entrance) -> Person:
    """Somebody with a profile."""
    person = entrance.newcomer()
    users = platform.services["users-service"].http
    made = users.patch(
        "/api/v1/users/me", json={"display_name": NAME}, headers=person.bearer | {"If-Match": "*"}
    )
    assert made.status_code == 200, made.text
    return person


@pytest.fixture(scope="module")
def uploaded(platform) -> Callable[[Person], str]:
    """Makes a job of a person, whose photo is uploaded and waits to be accepted."""
    waste = platform.services["waste-service"].http
    photo = io.BytesIO()
    Image.new("RGB", (64, 48), "green").save(photo, "JPEG")

    def upload(person: Person) -> str:
        told = {"content_type": "image/jpeg"}
        promised = waste.post("/api/v1/waste/analyze", json=told, headers=person.bearer)
        assert promised.status_code == 201, promised.text
        form = promised.json()["upload"]
        sent = httpx2.post(form["url"], data=form["fields"], files={"file": ("photo", photo.getvalue())})
        assert sent.status_code == 201, sent.text
        return str(promised.json()["job_id"])

    return upload


@pytest.fixture(scope="module")
def job(uploaded, person) -> str:
    """A job of the person, ready to be accepted."""
    return str(uploaded(person))


@pytest.fixture(scope="module")
def values(job) -> Mapping[str, str]:
    """Parameters for which a document can give no example."""
    return {"job_id": job, "If-Match": "*"}


@pytest.fixture(scope="module")
def material(platform, entrance, person, keys, neighbours) -> Material:
    """What the bad tokens are made of."""
    auth, users = (platform.services[name].http for name in ("auth-service", "users-service"))
    ended, everywhere, deleted = (entrance.newcomer() for _ in range(3))
    for leaving, answer in (
        (ended, auth.post("/api/v1/auth/logout", headers=ended.bearer)),
        (everywhere, auth.post("/api/v1/auth/logout-all", headers=everywhere.bearer)),
        (deleted, users.delete("/api/v1/users/me", headers=deleted.bearer)),
    ):
        assert answer.status_code == 204, (leaving, answer.text)
    return Material(
        user=person.id,
        issuer=str(jwt.decode(person.access, options={"verify_signature": False})["iss"]),
        key=json.loads(keys.read_text())["keys"][0],
        good=person.access,
        refresh=person.refresh,
        logged_out=ended.access,
        logged_out_everywhere=everywhere.access,
        deleted=deleted.access,
        of_provider=neighbours[0].id_token("kakao-client", str(person.id), "nonce"),
    )
