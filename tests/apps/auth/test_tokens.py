"""Access tokens: what auth-service signs, every service's verifier takes, and nothing else."""

from __future__ import annotations

import json
import time
import uuid
from base64 import urlsafe_b64encode

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.auth.access import AccessGrant, AccessTokens
from apps.auth.keys import new_key
from apps.auth.settings import TokenSettings
from apps.auth.signing import PrivateKeys, SigningKeys
from apps.common.http import Problem, TokenVerifier
from apps.common.settings import TokenKeysSettings

ISSUER = "https://growbin.app"


@pytest.fixture
def key():
    return new_key()


@pytest.fixture
def signing_file(tmp_path, key):
    path = tmp_path / "keys.json"
    path.write_text(PrivateKeys(keys=(key,)).model_dump_json())
    return path


@pytest.fixture
def verifier(tmp_path, key):
    path = tmp_path / "jwks.json"
    path.write_text(PrivateKeys(keys=(key,)).public.model_dump_json())
    return TokenVerifier(TokenKeysSettings(token_keys_file=path, token_issuer=ISSUER))


def issuer(signing_file):
    settings = TokenSettings(
        auth_public_url="https://growbin.app/api/v1/auth", token_issuer=ISSUER, signing_keys_file=signing_file
    )
    return AccessTokens(settings, SigningKeys(signing_file))


def claims(**changed):
    now = int(time.time())
    whole = {
        "iss": ISSUER,
        "aud": "waste-coach",
        "sub": str(uuid.uuid4()),
        "jti": str(uuid.uuid4()),
        "iat": now,
        "exp": now + 900,
        "typ": "access",
    } | changed
    return {name: value for name, value in whole.items() if value is not None}


def signed(key, told, *, algorithm="EdDSA", **header):
    return jwt.encode(
        told, jwt.PyJWK.from_dict(key.model_dump()), algorithm, headers={"kid": key.kid} | header
    )


def test_what_is_issued_here_is_verified_with_the_public_keys(signing_file, verifier):
    user, grant = uuid.uuid4(), AccessGrant.new()
    found = verifier.verify(issuer(signing_file).issue(user, grant))
    assert (found.id, found.token_id) == (user, grant.id)
    assert found.expires == grant.expires_at.timestamp()


def test_the_file_of_private_keys_verifies_as_well(signing_file):
    token = issuer(signing_file).issue(uuid.uuid4(), AccessGrant.new())
    TokenVerifier(TokenKeysSettings(token_keys_file=signing_file, token_issuer=ISSUER)).verify(token)


def test_a_complete_token_of_this_form_is_taken(key, verifier):
    verifier.verify(signed(key, claims()))


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": 1_000_000_000},
        {"iss": "https://evil.example"},
        {"aud": "another"},
        {"typ": "refresh"},
        {"sub": "not-a-uuid"},
        *({name: None} for name in ("exp", "iat", "iss", "aud", "sub", "jti", "typ")),
    ],
    ids=str,
)
def test_a_token_with_other_claims_is_refused(key, verifier, changed):
    with pytest.raises(Problem, match="401"):
        verifier.verify(signed(key, claims(**changed)))


def _unsigned(key, told, algorithm):
    parts = (json.dumps({"alg": algorithm, "kid": key.kid, "typ": "JWT"}), json.dumps(told))
    return ".".join(urlsafe_b64encode(part.encode()).rstrip(b"=").decode() for part in parts) + "."


def _with_public_key_as_secret(key, told):
    return jwt.encode(told, key.x, "HS256", headers={"kid": key.kid})


def _by_another_key(key, told):
    return jwt.encode(told, Ed25519PrivateKey.generate(), "EdDSA", headers={"kid": key.kid})


def _altered(key, told):
    header, _, signature = signed(key, told).split(".")
    body = urlsafe_b64encode(json.dumps(told | {"sub": str(uuid.uuid4())}).encode()).rstrip(b"=").decode()
    return f"{header}.{body}.{signature}"


FORGERIES = {
    "alg none": lambda key, told: _unsigned(key, told, "none"),
    "alg None": lambda key, told: _unsigned(key, told, "None"),
    "alg EdDSA without signature": lambda key, told: _unsigned(key, told, "EdDSA"),
    "HS256 with the public key": _with_public_key_as_secret,
    "another key of the same id": _by_another_key,
    "altered": _altered,
    "unknown kid": lambda key, told: signed(key, told, kid="another"),
    "key inside": lambda key, told: signed(new_key(), told, jwk=key.public.model_dump()),
    "no token": lambda *_: "Bearer",
    "far too long": lambda *_: "x" * 100_000,
}


@pytest.mark.parametrize("forgery", FORGERIES)
def test_a_forged_token_is_refused(key, verifier, forgery):
    token = FORGERIES[forgery](key, claims())
    with pytest.raises(Problem, match="401"):
        verifier.verify(token)
