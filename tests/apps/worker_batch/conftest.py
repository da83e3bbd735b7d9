"""A batch-worker as it is deployed, and what it is told."""

from __future__ import annotations

import pytest

from tests.servers.postgres import password_of


@pytest.fixture
def backup_environment(database, s3) -> dict[str, str]:
    """What the delivered manifest tells about the database and the buckets."""
    return (
        database.environment("waste")
        | {"POSTGRES_BACKUP_USER": "backup", "POSTGRES_BACKUP_PASSWORD": password_of("backup")}
        | s3.environment("batch-worker")
        | {"SERVICE_NAME": "batch-worker", "ENVIRONMENT": "test", "TZ": "Asia/Seoul"}
    )
