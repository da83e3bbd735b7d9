"""The task backup.database: dump, upload, verify, then forget what is too old."""

from __future__ import annotations

import shutil
import tempfile
from datetime import datetime
from pathlib import Path

import structlog
from sqlalchemy import Engine, text

from apps.worker_batch.backup import programs
from apps.worker_batch.backup.archive import Archive, Digest, Manifest
from apps.worker_batch.backup.retention import Retention

_SCRATCH = "batch-worker-backup-"
_log = structlog.get_logger(__name__)


def back_up(
    *,
    engine: Engine,
    server: programs.Server,
    archive: Archive,
    retention: Retention,
    now: datetime,
) -> Manifest | None:
    """Take a backup; None when another one is under way.

    One at a time by an advisory lock of the session: a worker that dies gives it up. Backups are removed only
    after the new one has been read back whole.

    Args:
        engine: connections to the same database for the lock; not by the role of `server`, which may open but
            a few.

    Raises:
        ProgramError: pg_dump cannot do it.
        ArchiveError: the upload is damaged.
    """
    with engine.connect() as connection:
        question = text("SELECT pg_try_advisory_lock(hashtextextended('backup.database', 0))")
        if not connection.scalar(question):
            _log.info("no backup: another one is under way")
            return None
        try:
            version = int(connection.execute(text("SHOW server_version_num")).scalar_one())
            # An open transaction would keep the server from removing dead rows.
            connection.commit()
            manifest = _taken(server, archive, version=version, now=now)
        finally:
            connection.execute(text("SELECT pg_advisory_unlock_all()"))
            connection.commit()
    _log.info("backup stored", key=manifest.key, size=manifest.size, sha256=manifest.sha256)
    _forget(archive, retention, now)
    return manifest


def _taken(server: programs.Server, archive: Archive, *, version: int, now: datetime) -> Manifest:
    # What a killed predecessor left would fill the scratch space; nobody else takes a backup now.
    for left in Path(tempfile.gettempdir()).glob(f"{_SCRATCH}*"):
        shutil.rmtree(left, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH) as folder:
        dump = Path(folder, "database.dump")
        program = programs.dump(server, server_version=version, into=dump)
        digest = Digest.of_file(dump)
        manifest = Manifest(
            key=archive.key(now),
            database=server.database,
            taken_at=now,
            size=digest.size,
            sha256=digest.sha256,
            server_version=version,
            pg_dump=program,
        )
        archive.store(dump, manifest)
    return manifest


def _forget(archive: Archive, retention: Retention, now: datetime) -> None:
    backups = {manifest.taken_at: manifest for manifest in archive.backups()}
    kept = retention.kept(backups)
    for taken_at, manifest in backups.items():
        if taken_at not in kept:
            archive.remove(manifest.key)
            _log.info("backup removed", key=manifest.key, reason="older than what is kept")
    for key in archive.remove_unfinished(now):
        _log.warning("backup removed", key=key, reason="its upload never ended")
