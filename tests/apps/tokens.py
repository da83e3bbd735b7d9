"""Access tokens for services under test."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from jwt.algorithms import OKPAlgorithm

ISSUER = "https://growbin.app"


class Tokens:
    """Signs with a key of its own, whose public half it writes into a file.

    Args:
        folder: Where the file goes.
    """

    def __init__(self, folder: Path) -> None:
        self._key = Ed25519PrivateKey.generate()
        self.public = OKPAlgorithm.to_jwk(self._key.public_key(), as_dict=True) | {"kid": "1", "alg": "EdDSA"}
        self.file = folder / "jwks.json"
        self.file.write_text(json.dumps({"keys": [self.public]}))

    def environment(self) -> dict[str, str]:
        return {"TOKEN_KEYS_FILE": str(self.file), "TOKEN_ISSUER": ISSUER}

    def claims(self, user: UUID, **changed: object) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": ISSUER,
            "aud": "waste-coach",
            "sub": str(user),
            "jti": str(uuid4()),
            "iat": now,
            "exp": now + 900,
            "typ": "access",
        } | changed

    def issue(self, user: UUID, **changed: object) -> str:
        """A token of `user`, with some claims changed."""
        return jwt.encode(self.claims(user, **changed), self._key, "EdDSA", headers={"kid": "1"})

    def bearer(self, user: UUID, **changed: object) -> dict[str, str]:
        """The header with such a token."""
        return {"Authorization": f"Bearer {self.issue(user, **changed)}"}
