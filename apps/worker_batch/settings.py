"""What only this worker is told."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class BackupSettings(BaseSettings):
    """Where backups are kept."""

    model_config = SettingsConfigDict(frozen=True)

    backup_bucket: str


class BackupRoleSettings(BaseSettings):
    """The role that may read every schema, and write none."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="POSTGRES_BACKUP_")

    user: str
    password: SecretStr


class ImageSettings(BaseSettings):
    """How long photos are kept."""

    model_config = SettingsConfigDict(frozen=True)

    image_retention_days: int = Field(default=30, ge=1)
