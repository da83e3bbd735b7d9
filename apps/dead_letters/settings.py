"""What only the collector is told."""

from __future__ import annotations

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class RetentionSettings(BaseSettings):
    """How long letters are kept.

    Attributes:
        letter_retention_days: after a letter was replayed or discarded; one that waits is never removed.
    """

    model_config = SettingsConfigDict(frozen=True)

    letter_retention_days: int = Field(default=90, ge=1, le=36_500)

    @property
    def kept(self) -> timedelta:
        """The same as a length of time."""
        return timedelta(days=self.letter_retention_days)
