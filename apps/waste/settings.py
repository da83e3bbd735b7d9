"""What only this service is told."""

from __future__ import annotations

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class SubmissionSettings(BaseSettings):
    """How much a single user may ask for."""

    model_config = SettingsConfigDict(frozen=True)

    analyze_rate_limit: int = Field(default=30, ge=1)
    """Photos that a user may announce in a minute."""
