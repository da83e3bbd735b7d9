"""What auth-service is told by its manifest."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _secure(url: str) -> str:
    """An id token is believed for having come from its issuer over TLS: without TLS it is worth nothing."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise ValueError("it must begin with https://")
    return url.rstrip("/")


SecureUrl = Annotated[str, AfterValidator(_secure)]
"""https, or http to this machine itself; without a slash at the end."""


class OAuthSettings(BaseSettings):
    """The two providers, and what they know this platform by."""

    model_config = SettingsConfigDict(frozen=True)

    kakao_oauth_base_url: SecureUrl
    kakao_client_id: str
    kakao_client_secret: SecretStr
    google_oauth_base_url: SecureUrl
    google_authorization_url: SecureUrl
    google_client_id: str
    google_client_secret: SecretStr


class TokenSettings(BaseSettings):
    """The tokens that auth-service issues, and where browsers reach it.

    Attributes:
        auth_public_url: of this service as a browser sees it; a provider must know
            `<auth_public_url>/callback/<provider>` as redirect URI.
        token_issuer: `iss` of every access token.
        forwarded_allow_ips: read by uvicorn, which believes X-Forwarded-For from these addresses and networks
            alone: the load balancer's. Here it is only looked at to warn when it is missing.
    """

    model_config = SettingsConfigDict(frozen=True)

    auth_public_url: SecureUrl
    token_issuer: str
    token_audience: str = "waste-coach"  # noqa: S105 - a name, not a secret
    signing_keys_file: Path = Path("/etc/signing-keys/keys.json")
    forwarded_allow_ips: str | None = None


class RateLimits(BaseSettings):
    """How many requests a minute are answered; more answer 429.

    Attributes:
        login: log-ins begun, and as many ended, by one client address. Many phones share an address of
            their network, so it is not small.
        refresh: of tokens, by one client address.
        account: log-ins and refreshes of one account, whatever the address.
    """

    model_config = SettingsConfigDict(frozen=True, env_prefix="RATE_LIMIT_")

    login: int = Field(default=30, ge=1)
    refresh: int = Field(default=120, ge=1)
    account: int = Field(default=20, ge=1)
