"""Settings from the environment, under the names that the manifests give."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AliasChoices, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

EX_CONFIG = 78
"""Exit code of a process whose configuration is wrong (sysexits.h)."""

_Settings = TypeVar("_Settings", bound=BaseSettings)


class ServiceSettings(BaseSettings):
    """What every process is told about itself."""

    model_config = SettingsConfigDict(frozen=True)

    service_name: str
    environment: str
    tz: str = "UTC"
    log_level: str = "info"
    metrics_port: int = Field(default=9090, ge=1, le=65535)
    """Where a process that serves no requests answers /metrics, /healthz and /readyz."""


class PostgresSettings(BaseSettings):
    """The database, by the role of one service."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="POSTGRES_")

    host: str
    port: int = Field(ge=1, le=65535)
    database: str
    user: str
    password: SecretStr
    pool_size: int = Field(default=4, ge=1)
    """Connections that one process may hold open: with all replicas they add up to what the role may have."""


class RedisSettings(BaseSettings):
    """The Redis that never evicts: progress, results, revoked tokens, rate limits, locks."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="REDIS_")

    host: str
    port: int = Field(ge=1, le=65535)
    password: SecretStr
    sentinels: str = Field(default="", pattern=r"^([^,:\s]+:\d+(,[^,:\s]+:\d+)*)?$")
    """Whom to ask for the master, as `host:port,host:port`; without them it is `host`."""
    master: str = ""
    """What the sentinels call it."""

    @property
    def sentinel_addresses(self) -> list[tuple[str, int]]:
        """Host and port of each sentinel."""
        pairs = (each.rpartition(":") for each in self.sentinels.split(",") if each)
        return [(host, int(port)) for host, _, port in pairs]


class RedisCacheSettings(RedisSettings):
    """The Redis that may evict: whatever can be computed again."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="REDIS_CACHE_")


class BrokerSettings(BaseSettings):
    """RabbitMQ, by the account of one workload, and the file that describes its queues."""

    model_config = SettingsConfigDict(frozen=True)

    rabbitmq_host: str
    rabbitmq_port: int = Field(ge=1, le=65535)
    rabbitmq_user: str
    rabbitmq_password: SecretStr
    messaging_file: Path


class TokenKeysSettings(BaseSettings):
    """Where the public keys lie that access tokens are verified with, and who must have signed."""

    model_config = SettingsConfigDict(frozen=True)

    token_keys_file: Path = Path("/etc/token-keys/jwks.json")
    token_issuer: str
    token_audience: str = "waste-coach"  # noqa: S105 - a name, not a secret


class StorageKeys(BaseSettings):
    """How the photos' storage is reached where no role of AWS gives the right; all absent in the cloud."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="S3_")

    endpoint_url: str | None = None
    access_key_id: str | None = None
    secret_access_key: SecretStr | None = None


class RegionSettings(BaseSettings):
    """Where the storage is. AWS's own tools read either name; where both are set, the manifest's counts."""

    model_config = SettingsConfigDict(frozen=True)

    aws_region: Annotated[
        str, Field(min_length=1, validation_alias=AliasChoices("AWS_REGION", "AWS_DEFAULT_REGION"))
    ]


class BucketSettings(BaseSettings):
    """The bucket that holds the photos."""

    model_config = SettingsConfigDict(frozen=True)

    s3_bucket: str


def load(model: type[_Settings]) -> _Settings:
    """Read `model` from the environment, or end the process with what is missing or wrong.

    Raises:
        SystemExit: code 78, after one line on stderr for each variable: its name and what to do. Values are
            not shown, as they may be secrets.
    """
    try:
        return model()
    except ValidationError as error:
        for problem in error.errors(include_input=False, include_url=False):
            print(_told(model, problem["loc"], problem["type"], problem["msg"]), file=sys.stderr)
        raise SystemExit(EX_CONFIG) from None


def _told(model: type[BaseSettings], location: tuple[int | str, ...], kind: str, message: str) -> str:
    name = f"{model.model_config.get('env_prefix', '')}{location[0] if location else ''}".upper()
    if kind == "missing":
        return f"{name} is not set: give it in the workload's environment ({model.__name__})"
    return f"{name} cannot be used: {message} ({model.__name__})"
