"""Users of the platform, with access tokens signed by its own key."""

from __future__ import annotations

import time
import uuid
from functools import cached_property
from pathlib import Path
from uuid import UUID

from apps.auth.signing import SigningKeys
from tests.e2e.parameter_store import KEYS, ParameterStore

ISSUER = "https://growbin.app"


class People:
    """Makes users; the platform takes their tokens as auth-service's.

    Args:
        folder: where the key is put.
    """

    def __init__(self, store: ParameterStore, folder: Path) -> None:
        self._store = store
        self._folder = folder

    @cached_property
    def _keys(self) -> SigningKeys:
        file = self._folder / "keys.json"
        file.write_text(self._store[KEYS])
        return SigningKeys(file)

    def bearers(self, number: int) -> list[dict[str, str]]:
        """The headers of so many users whom nobody has seen before."""
        return [self.bearer(uuid.uuid4()) for _ in range(number)]

    def bearer(self, user: UUID) -> dict[str, str]:
        """A user's header, for an hour."""
        now = int(time.time())
        token = self._keys.sign(
            {
                "iss": ISSUER,
                "aud": "waste-coach",
                "sub": str(user),
                "jti": str(uuid.uuid4()),
                "iat": now,
                "exp": now + 3600,
                "typ": "access",
            }
        )
        return {"Authorization": f"Bearer {token}"}
