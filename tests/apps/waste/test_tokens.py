"""No route answers a caller whose token is not good."""

from __future__ import annotations

import json
import time
import uuid
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.apps.waste.conftest import PREFIX, App, problem, token

JOB = uuid.UUID("11111111-2222-4333-8444-555555555555")
ROUTES = [
    ("POST", "/analyze"),
    ("POST", f"/upload-complete/{JOB}"),
    ("GET", f"/status/{JOB}"),
    ("GET", f"/result/{JOB}"),
]


def forged() -> str:
    claims = jwt.decode(token(uuid.uuid4()), options={"verify_signature": False})
    return jwt.encode(claims, Ed25519PrivateKey.generate(), algorithm="EdDSA", headers={"kid": "test"})


def unsigned() -> str:
    def part(value):
        return urlsafe_b64encode(json.dumps(value).encode()).rstrip(b"=").decode()

    claims = jwt.decode(token(uuid.uuid4()), options={"verify_signature": False})
    return f"{part({'alg': 'none', 'typ': 'JWT', 'kid': 'test'})}.{part(claims)}."


BAD = {
    "expired": lambda: token(uuid.uuid4(), exp=int(time.time()) - 60),
    "of another issuer": lambda: token(uuid.uuid4(), iss="https://example.com"),
    "for another audience": lambda: token(uuid.uuid4(), aud="other"),
    "a refresh token": lambda: token(uuid.uuid4(), typ="refresh"),
    "forged": forged,
    "unsigned": unsigned,
    "nonsense": lambda: "x",
}


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("bad", BAD)
def test_a_bad_token_is_refused(http, method, path, bad):
    app = App(http, token=BAD[bad]())
    body = {"json": {"content_type": "image/png"}} if path == "/analyze" else {}
    answer = app.ask(method, path, **body)
    problem(answer, 401, "unauthorized")
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"Authorization": "Bearer"}])
def test_no_token_is_refused(http, method, path, headers):
    problem(http.request(method, PREFIX + path, headers=headers), 401, "unauthorized")


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("whole_user", [False, True])
def test_a_revoked_token_is_refused(http, redis_server, method, path, whole_user):
    app = App(http)
    claims = jwt.decode(app.token, options={"verify_signature": False})
    revoked = f"revoked:user:{claims['sub']}" if whole_user else f"revoked:token:{claims['jti']}"
    body = {"json": {"content_type": "image/png"}} if path == "/analyze" else {}
    assert app.ask(method, path, **body).status_code != 401
    with redis_server.client() as client:
        client.set(revoked, 1, ex=60)
    problem(app.ask(method, path, **body), 401, "unauthorized")
