"""What was found out about photos, by their content: the cache that ends seven of ten jobs at once."""

from __future__ import annotations

from typing import Final

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError
from redis import Redis
from redis.exceptions import RedisError

from apps.common.jobs.result import Classification
from apps.common.telemetry.metrics import cache_requests

FINDING_SECONDS: Final = 7 * 24 * 3600
_LOOK_UPS = cache_requests("image")
_log = structlog.get_logger(__name__)


class Finding(BaseModel):
    """A classification, and which model made it."""

    model_config = ConfigDict(frozen=True)

    classification: Classification
    model: str


class Findings:
    """The cache. Without it everything works, only slower: its outages are told, not raised."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis

    def get(self, digest: bytes) -> Finding | None:
        """What is known of a content; what cannot be read (as of an older version) is not known."""
        try:
            value = self._redis.get(_key(digest))
            finding = None if value is None else Finding.model_validate_json(value)
        except (RedisError, ValidationError) as error:
            _log.warning("cache not read", reason=type(error).__name__)
            _LOOK_UPS["error"].inc()
            return None
        _LOOK_UPS["miss" if finding is None else "hit"].inc()
        return finding

    def put(self, digest: bytes, finding: Finding) -> None:
        try:
            self._redis.set(_key(digest), finding.model_dump_json(), ex=FINDING_SECONDS)
        except RedisError as error:
            _log.warning("cache not written", reason=type(error).__name__)


def _key(digest: bytes) -> str:
    return f"image:{digest.hex()}"
