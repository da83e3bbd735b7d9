"""Every way to say who is asking that no service may believe."""

from __future__ import annotations

import json
import time
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hmac import digest
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

Headers = Sequence[tuple[str, str | bytes]]


@dataclass(frozen=True, kw_only=True)
class Material:
    """What an attacker may have got hold of, and the key that only auth-service has.

    Attributes:
        user: whom the attacker would like to be.
        key: private, as auth-service's file of keys holds it.
        good: an access token of the user that every service takes.
        refresh: the user's refresh token.
        logged_out: an access token whose log-in was ended.
        logged_out_everywhere: an access token whose account ended all of its log-ins.
        deleted: an access token whose account was deleted.
        of_provider: an id token that the provider made.
    """

    user: UUID
    issuer: str
    key: dict[str, Any]
    good: str
    refresh: str
    logged_out: str
    logged_out_everywhere: str
    deleted: str
    of_provider: str

    @property
    def public(self) -> dict[str, Any]:
        """The key as auth-service publishes it."""
        return {name: value for name, value in self.key.items() if name not in {"d", "nbf"}}

    def claims(self, *, without: str = "", **changed: object) -> dict[str, object]:
        """Those of an access token, with some of them changed, or one left out."""
        now = int(time.time())
        whole: dict[str, object] = {
            "iss": self.issuer,
            "aud": "waste-coach",
            "sub": str(self.user),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 900,
            "typ": "access",
        }
        return {name: value for name, value in (whole | changed).items() if name != without}

    def signed(self, claims: object = None, *, header: Mapping[str, object] | None = None) -> str:
        """A token that auth-service might have signed."""
        private = jwt.PyJWK.from_dict(self.key).key
        return _signed(private, claims or self.claims(), "EdDSA", {"kid": self.key["kid"], **(header or {})})

    def forged(self, algorithm: str, private: Any, **header: object) -> str:
        """A token that is right but for who has signed it."""
        return _signed(private, self.claims(), algorithm, {"kid": self.key["kid"], **header})


def _signed(private: Any, claims: object, algorithm: str, header: Mapping[str, object]) -> str:
    """By hand: PyJWT refuses to write some of what an attacker would."""
    head = _part({"alg": algorithm, "typ": "JWT", **header})
    told = f"{head}.{_part(claims)}".encode()
    if algorithm.startswith("HS"):
        signature = digest(private, told, "sha256")
    else:
        signature = bytes(jwt.get_algorithm_by_name(algorithm).sign(told, private))
    return f"{told.decode()}.{_text(signature)}"


def _part(value: object) -> str:
    return _text(json.dumps(value).encode())


def _text(value: bytes) -> str:
    return urlsafe_b64encode(value).rstrip(b"=").decode()


def _unsigned(m: Material, algorithm: str, signature: str = "") -> str:
    return f"{_part({'alg': algorithm, 'kid': m.key['kid'], 'typ': 'JWT'})}.{_part(m.claims())}.{signature}"


def _altered(m: Material) -> str:
    header, _, signature = m.good.split(".")
    return f"{header}.{_part(m.claims(exp=int(time.time()) + 10**6))}.{signature}"


def _pem(m: Material) -> bytes:
    public = jwt.PyJWK.from_dict(m.public).key
    return bytes(
        public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )


def _with_key_inside(m: Material) -> str:
    own = ed25519.Ed25519PrivateKey.generate()
    public = {"kty": "OKP", "crv": "Ed25519", "x": _text(own.public_key().public_bytes_raw())}
    return m.forged("EdDSA", own, jwk=public)


def _rs256(m: Material) -> str:
    return m.forged("RS256", rsa.generate_private_key(public_exponent=65537, key_size=2048))


_TOKENS: dict[str, Callable[[Material], str]] = {
    # Of another time.
    "expired": lambda m: m.signed(m.claims(exp=int(time.time()) - 60)),
    "expired long ago": lambda m: m.signed(m.claims(exp=1)),
    "not valid yet": lambda m: m.signed(m.claims(nbf=int(time.time()) + 600)),
    "issued in the future": lambda m: m.signed(m.claims(iat=int(time.time()) + 600)),
    "expires at a text": lambda m: m.signed(m.claims(exp="tomorrow")),
    "expires never": lambda m: m.signed(m.claims(exp=float("inf"))),
    # Of another signature.
    "signed with another key": lambda m: m.forged("EdDSA", ed25519.Ed25519PrivateKey.generate()),
    "signed by RS256": _rs256,
    "signed by ES256": lambda m: m.forged("ES256", ec.generate_private_key(ec.SECP256R1())),
    "HS256 with the public coordinate": lambda m: m.forged("HS256", m.public["x"].encode()),
    "HS256 with the public key as PEM": lambda m: m.forged("HS256", _pem(m)),
    "HS256 with the published document": lambda m: m.forged(
        "HS256", json.dumps({"keys": [m.public]}).encode()
    ),
    "HS256 with nothing": lambda m: m.forged("HS256", b""),
    "alg none": lambda m: _unsigned(m, "none"),
    "alg nOnE": lambda m: _unsigned(m, "nOnE"),
    "alg none under a good signature": lambda m: _unsigned(m, "none", m.good.rpartition(".")[2]),
    "no signature": lambda m: _unsigned(m, "EdDSA"),
    "signature of another token": lambda m: _unsigned(m, "EdDSA", m.good.rpartition(".")[2]),
    "altered": _altered,
    "signature of zeros": lambda m: _unsigned(m, "EdDSA", _text(bytes(64))),
    "a key inside": _with_key_inside,
    "a key to be fetched": lambda m: m.forged(
        "EdDSA", ed25519.Ed25519PrivateKey.generate(), jku="http://127.0.0.1:9/jwks.json"
    ),
    # Of another key id.
    "unknown kid": lambda m: m.signed(header={"kid": "another"}),
    "kid of a file": lambda m: m.signed(header={"kid": "../../../dev/null"}),
    "kid that is a number": lambda m: m.signed(header={"kid": 1}),
    "no kid": lambda m: _signed(jwt.PyJWK.from_dict(m.key).key, m.claims(), "EdDSA", {}),
    "critical extension": lambda m: m.signed(header={"crit": ["unheard-of"], "unheard-of": True}),
    # Of another purpose.
    "of another issuer": lambda m: m.signed(m.claims(iss="https://evil.example")),
    "of an issuer like ours": lambda m: m.signed(m.claims(iss=m.issuer + "/")),
    "for another audience": lambda m: m.signed(m.claims(aud="another")),
    "for several others": lambda m: m.signed(m.claims(aud=["another", "one-more"])),
    "typ refresh": lambda m: m.signed(m.claims(typ="refresh")),
    "typ id": lambda m: m.signed(m.claims(typ="id")),
    "typ in capitals": lambda m: m.signed(m.claims(typ="ACCESS")),
    "a refresh token": lambda m: m.refresh,
    "the provider's id token": lambda m: m.of_provider,
    # Incomplete.
    **{
        f"without {name}": lambda m, name=name: m.signed(m.claims(without=name))  # type: ignore[misc]
        for name in ("exp", "iat", "iss", "aud", "sub", "jti", "typ")
    },
    "sub is no id": lambda m: m.signed(m.claims(sub="root")),
    "sub is a number": lambda m: m.signed(m.claims(sub=1)),
    "sub is empty": lambda m: m.signed(m.claims(sub="")),
    "jti is empty": lambda m: m.signed(m.claims(jti="")),
    "jti is a list": lambda m: m.signed(m.claims(jti=["x"])),
    "jti is no id": lambda m: m.signed(m.claims(jti="x" * 30)),
    # Revoked.
    "of a log-in that was ended": lambda m: m.logged_out,
    "of an account that logged out everywhere": lambda m: m.logged_out_everywhere,
    "of an account that was deleted": lambda m: m.deleted,
    # No tokens at all.
    "truncated": lambda m: m.good[:-10],
    "without its last letter": lambda m: m.good[:-1],
    "header and claims alone": lambda m: m.good.rpartition(".")[0],
    "four parts": lambda m: f"{m.good}.x",
    "claims are a list": lambda m: m.signed([m.claims()]),
    "garbage": lambda _: "x",
    "three garbled parts": lambda _: "e30.e30.e30",
    "points": lambda _: "..",
    "far too long": lambda m: m.good + "x" * 5000,
    "two of them": lambda m: f"{m.good} {m.good}",
    "with a comma": lambda m: f"{m.good},",
    "in quotes": lambda m: f'"{m.good}"',
}
_HEADERS: dict[str, Callable[[Material], Headers]] = {
    "no header": lambda _: [],
    "an empty header": lambda _: [("Authorization", "")],
    "the scheme alone": lambda _: [("Authorization", "Bearer")],
    "a token without a scheme": lambda m: [("Authorization", m.good)],
    "scheme Basic": lambda m: [("Authorization", f"Basic {m.good}")],
    "scheme Token": lambda m: [("Authorization", f"Token {m.good}")],
    "scheme DPoP": lambda m: [("Authorization", f"DPoP {m.good}")],
    "a scheme that begins like ours": lambda m: [("Authorization", f"Bearer2 {m.good}")],
    "a colon after the scheme": lambda m: [("Authorization", f"Bearer: {m.good}")],
    "an underscore after the scheme": lambda m: [("Authorization", f"Bearer_{m.good}")],
    "bytes that are no text": lambda _: [("Authorization", b"Bearer \xff\xfe\xfd")],
    "a bad header before a good one": lambda m: [
        ("Authorization", "Bearer x"),
        ("Authorization", f"Bearer {m.good}"),
    ],
    "a good header before a bad one": lambda m: [
        ("Authorization", f"Bearer {m.good}"),
        ("Authorization", "Bearer x"),
    ],
    "the same header twice": lambda m: [("Authorization", f"Bearer {m.good}")] * 2,
    "another header": lambda m: [("X-Authorization", f"Bearer {m.good}")],
    "the proxy's header": lambda m: [("Proxy-Authorization", f"Bearer {m.good}")],
    "a cookie": lambda m: [("Cookie", f"access_token={m.good}; Authorization=Bearer {m.good}")],
}

UNACCEPTABLE: dict[str, Callable[[Material], Headers]] = {
    **{
        name: lambda m, make=make: [("Authorization", f"Bearer {make(m)}")]  # type: ignore[misc]
        for name, make in _TOKENS.items()
    },
    **_HEADERS,
}
"""The headers of requests, by what is wrong with them."""
