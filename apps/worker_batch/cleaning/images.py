"""Photos in S3 that are to go: of deleted users, too old, or of an upload that was never completed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import structlog
from sqlalchemy import Engine, text

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ObjectIdentifierTypeDef

UPLOADS = "uploads/"
"""Where photos lie; what else the bucket holds is none of ours."""

_AT_A_TIME = 1000
_ABANDONED = timedelta(hours=2)
_ORPHANED = text("SELECT object_key FROM waste.orphaned_objects ORDER BY object_key LIMIT :count")
_FORGET = text("DELETE FROM waste.orphaned_objects WHERE object_key = ANY (:keys)")
_OLD = text("""
    SELECT id, object_key FROM waste.jobs WHERE object_deleted_at IS NULL AND ended_at < now() - :kept
    ORDER BY ended_at LIMIT :count
""")
_DELETED = text("UPDATE waste.jobs SET object_deleted_at = now() WHERE id = ANY (:ids)")
_KNOWN = text("SELECT object_key FROM waste.jobs WHERE object_key = ANY (:keys)")
_log = structlog.get_logger(__name__)


class Images:
    """The photos of `bucket`, and what the database knows of them."""

    def __init__(self, engine: Engine, client: S3Client, *, bucket: str) -> None:
        self._engine = engine
        self._client = client
        self._bucket = bucket

    def remove_orphaned(self) -> int:
        """Remove what waste.orphaned_objects names, and then the name; answers how many."""
        removed = 0
        while True:
            with self._engine.connect() as connection:
                keys = list(connection.scalars(_ORPHANED, {"count": _AT_A_TIME}))
            gone = self._remove(keys)
            if gone:
                with self._engine.begin() as connection:
                    connection.execute(_FORGET, {"keys": gone})
            removed += len(gone)
            # What could not be removed stays named; another round of it would not end.
            if len(gone) < _AT_A_TIME:
                return removed

    def remove_old(self, *, kept: timedelta) -> int:
        """Remove photos of jobs that ended longer than `kept` ago; answers how many."""
        removed = 0
        while True:
            with self._engine.connect() as connection:
                old = {
                    job.object_key: job.id
                    for job in connection.execute(_OLD, {"kept": kept, "count": _AT_A_TIME})
                }
            gone = self._remove(list(old))
            if gone:
                with self._engine.begin() as connection:
                    connection.execute(_DELETED, {"ids": [old[key] for key in gone]})
            removed += len(gone)
            if len(gone) < _AT_A_TIME:
                return removed

    def remove_abandoned(self, now: datetime) -> int:
        """Remove uploads older than two hours that no job was accepted with; answers how many."""
        removed = 0
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=UPLOADS):
            settled = [
                each["Key"] for each in page.get("Contents", []) if now - each["LastModified"] > _ABANDONED
            ]
            with self._engine.connect() as connection:
                known = set(connection.scalars(_KNOWN, {"keys": settled}))
            removed += len(self._remove([key for key in settled if key not in known]))
        return removed

    def _remove(self, keys: Sequence[str]) -> list[str]:
        """Remove; answers those that are gone, were they there or not."""
        if not keys:
            return []
        named: list[ObjectIdentifierTypeDef] = [{"Key": key} for key in keys]
        answer = self._client.delete_objects(Bucket=self._bucket, Delete={"Objects": named, "Quiet": True})
        failed = {each.get("Key"): each.get("Code") for each in answer.get("Errors", [])}
        if failed:
            _log.warning(
                "objects not removed, tried again next time",
                objects=len(failed),
                codes=sorted(map(str, set(failed.values()))),
            )
        return [key for key in keys if key not in failed]
