"""Where a page of the history ends and the next begins, as an opaque text.

A cursor is bound to its user and filters, and carries a checksum: a mangled one, or one of another list, is
refused instead of answering a wrong page. It is no secret and gives no right: whatever it says, a page
holds only the asking user's own rows.
"""

from __future__ import annotations

import struct
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Self
from uuid import UUID

_VERSION = 1
_BODY = struct.Struct(">Bq16s")
_CHECKSUM = 12
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class CursorError(Exception):
    """The text is no cursor of this list."""


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last row of a page: the next one follows it in the order of the list."""

    accepted_at: datetime
    job_id: UUID

    def write(self, scope: str) -> str:
        """The cursor's text.

        Args:
            scope: what tells its list from others: user and filters.
        """
        body = _BODY.pack(
            _VERSION, (self.accepted_at - _EPOCH) // timedelta(microseconds=1), self.job_id.bytes
        )
        return urlsafe_b64encode(body + _checksum(body, scope)).rstrip(b"=").decode()

    @classmethod
    def read(cls, text: str, scope: str) -> Self:
        """The cursor that was written for the same scope.

        Raises:
            CursorError: it was not, or it has been changed.
        """
        try:
            data = urlsafe_b64decode(text.encode("ascii") + b"=" * (-len(text) % 4))
            version, microseconds, job = _BODY.unpack(data[: _BODY.size])
            cursor = cls(_EPOCH + timedelta(microseconds=microseconds), UUID(bytes=job))
        except (ValueError, struct.error, OverflowError):
            raise CursorError from None
        # Written again it must be the same: so neither bits nor signs that mean nothing go unnoticed.
        if version != _VERSION or cursor.write(scope) != text:
            raise CursorError
        return cursor


def _checksum(body: bytes, scope: str) -> bytes:
    return sha256(body + b"\0" + scope.encode()).digest()[:_CHECKSUM]
