"""What the tasks of this process share, made when a task first needs it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from redis import Redis

from apps.common.broker import Publisher
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
from apps.worker_ai.answers import Answers
from apps.worker_ai.findings import Findings
from apps.worker_ai.jobs import Job, Jobs
from apps.worker_ai.photo import Photo, fetch
from apps.worker_ai.pipeline import Pipeline
from apps.worker_ai.reading import usable
from apps.worker_ai.settings import OpenAISettings
from apps.worker_ai.vision import Vision

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

NEEDED = (PostgresSettings, RedisSettings, RedisCacheSettings, BucketSettings, OpenAISettings)
"""Looked at when the worker starts, not when its first task does."""


class Connections:
    """Database, both Redis servers, S3 and the model, by the settings of this worker."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher

    @cached_property
    def jobs(self) -> Jobs:
        application = load(ServiceSettings).service_name
        database = engine(load(PostgresSettings), application=application)
        return Jobs(database, self._redis)

    @cached_property
    def pipeline(self) -> Pipeline:
        return Pipeline(
            jobs=self.jobs,
            findings=Findings(sync_redis(load(RedisCacheSettings), connections=10)),
            answers=Answers(self._redis, usable=usable),
            fetch=self._fetch,
            model=Vision(load(OpenAISettings)),
            publish=self._publisher.publish,
        )

    @cached_property
    def _redis(self) -> Redis:
        return sync_redis(load(RedisSettings), connections=20)

    @cached_property
    def _s3(self) -> S3Client:
        return s3_client(connections=4)

    @cached_property
    def _bucket(self) -> str:
        return load(BucketSettings).s3_bucket

    def _fetch(self, job: Job) -> Photo:
        return fetch(self._s3, bucket=self._bucket, key=job.object_key, etag=job.etag, size=job.size)
