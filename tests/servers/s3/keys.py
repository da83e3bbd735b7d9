"""The access keys that the server knows: one for ever, and those that STS gave for a while."""

from __future__ import annotations

import secrets
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from botocore.credentials import Credentials

from tests.servers.s3.errors import Refusal


@dataclass(frozen=True)
class Key:
    """One access key; a temporary one has a token, which every request must carry, and an end."""

    access_key: str
    secret_key: str
    token: str | None = None
    expires: datetime | None = None
    role: str | None = None

    @property
    def credentials(self) -> Credentials:
        return Credentials(self.access_key, self.secret_key, self.token)


class Keys:
    """Every key that is valid, by its id."""

    def __init__(self, administrator: Key) -> None:
        self._keys = {administrator.access_key: administrator}
        self._lock = threading.Lock()

    def issue(self, role: str, seconds: int) -> Key:
        """A temporary key for a role."""
        key = Key(
            access_key=f"ASIA{secrets.token_hex(8).upper()}",
            secret_key=secrets.token_urlsafe(30),
            token=secrets.token_urlsafe(60),
            expires=datetime.now(UTC) + timedelta(seconds=seconds),
            role=role,
        )
        with self._lock:
            self._keys[key.access_key] = key
        return key

    def find(self, access_key: str, token: str | None) -> Key:
        """The key of a request.

        Raises:
            Refusal: it is unknown, has expired, or its token is missing or another's.
        """
        key = self._keys.get(access_key)
        if key is None or (key.token and not token):
            message = "The AWS Access Key Id you provided does not exist in our records."
            raise Refusal(403, "InvalidAccessKeyId", message)
        if token and token != key.token:
            raise Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        if key.expires and key.expires < datetime.now(UTC):
            raise Refusal(400, "ExpiredToken", "The provided token has expired.")
        return key
