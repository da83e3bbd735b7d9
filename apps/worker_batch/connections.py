"""The clients of one process, each made when a task first needs it: a fork inherits none."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis
from sqlalchemy import Engine

from apps.common.database import engine
from apps.common.redis import sync_redis
from apps.common.settings import (
    BucketSettings,
    PostgresSettings,
    RedisCacheSettings,
    RedisSettings,
    ServiceSettings,
    load,
)
from apps.common.storage import s3_client
from apps.worker_batch.backup.programs import Server
from apps.worker_batch.settings import BackupRoleSettings, BackupSettings, ImageSettings

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

# Shorter than the tasks' own limit, so that the statement is told, not the task killed.
_STATEMENT_SECONDS = 300


class Connections:
    """Database, Redis and S3, by the settings of this worker."""

    @cached_property
    def waste(self) -> Engine:
        """Schema waste, read and written."""
        return engine(
            load(PostgresSettings),
            application=load(ServiceSettings).service_name,
            statement_seconds=_STATEMENT_SECONDS,
        )

    @cached_property
    def backup_server(self) -> Server:
        """Every schema, read: for PostgreSQL's own programs."""
        postgres, role = load(PostgresSettings), load(BackupRoleSettings)
        return Server(
            host=postgres.host,
            port=postgres.port,
            database=postgres.database,
            user=role.user,
            password=role.password,
        )

    @cached_property
    def redis(self) -> Redis:
        """Progress and results."""
        return sync_redis(load(RedisSettings), connections=2)

    @cached_property
    def redis_cache(self) -> Redis:
        """What may be evicted."""
        return sync_redis(load(RedisCacheSettings), connections=2)

    @cached_property
    def s3(self) -> S3Client:
        return s3_client(connections=4)

    @cached_property
    def images(self) -> str:
        """The bucket of photos and reports."""
        return load(BucketSettings).s3_bucket

    @cached_property
    def image_retention_days(self) -> int:
        return load(ImageSettings).image_retention_days

    @cached_property
    def backups(self) -> str:
        """The bucket of backups."""
        return load(BackupSettings).backup_bucket


connections = Connections()
