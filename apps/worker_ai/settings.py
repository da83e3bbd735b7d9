"""What only this worker is told."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict


class OpenAISettings(BaseSettings):
    """The vision model, and how long one call of it may take."""

    model_config = SettingsConfigDict(frozen=True, env_prefix="OPENAI_")

    base_url: str
    api_key: SecretStr
    model: str = "gpt-4o-2024-11-20"
    timeout_seconds: float = Field(default=60, gt=0, le=120)
    """Two calls (the second one after an unusable answer) must end well within the task's limit of 300 s."""
