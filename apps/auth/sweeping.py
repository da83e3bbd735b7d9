"""Families that have expired are removed, once an hour, by whichever replica comes first."""

from __future__ import annotations

import asyncio

import structlog
from sqlalchemy.exc import SQLAlchemyError

from apps.auth.sessions import Sessions

_EVERY_SECONDS = 3600.0
_BATCH = 1000
_log = structlog.get_logger(__name__)


async def sweep_for_ever(sessions: Sessions) -> None:
    """Sweep in batches until nothing is left, then once an hour; a database that is away is tried again."""
    while True:
        try:
            while (gone := await sessions.sweep(limit=_BATCH)) > 0:
                _log.info("expired log-ins were removed", families=gone)
        except (SQLAlchemyError, OSError) as error:
            _log.warning("expired log-ins could not be removed", reason=type(error).__name__)
        await asyncio.sleep(_EVERY_SECONDS)
