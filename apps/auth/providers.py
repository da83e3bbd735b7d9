"""Kakao and Google, as far as they differ."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlencode, urlsplit

from pydantic import SecretStr

from apps.auth.settings import OAuthSettings


class ProviderName(StrEnum):
    """As it stands in paths and in the database."""

    KAKAO = "kakao"
    GOOGLE = "google"


@dataclass(frozen=True, kw_only=True)
class Provider:
    """An OpenID provider.

    Attributes:
        authorization_url: where a browser is sent to log in.
        token_url: where a code is exchanged.
        issuers: what `iss` of its id tokens may be.
    """

    name: ProviderName
    authorization_url: str
    token_url: str
    issuers: tuple[str, ...]
    client_id: str
    client_secret: SecretStr

    def log_in_url(self, *, redirect_uri: str, state: str, nonce: str, challenge: str) -> str:
        """Where to send the browser. `openid` alone is asked for: no e-mail address, no profile."""
        query = {
            "response_type": "code",
            "client_id": self.client_id,
            "redirect_uri": redirect_uri,
            "scope": "openid",
            "state": state,
            "nonce": nonce,
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
        return f"{self.authorization_url}?{urlencode(query)}"


def providers(settings: OAuthSettings) -> Mapping[ProviderName, Provider]:
    """Both, by name. The issuer of either is the origin of its log-in page."""
    kakao = f"{settings.kakao_oauth_base_url}/oauth"
    google_issuer = _origin(settings.google_authorization_url)
    return {
        ProviderName.KAKAO: Provider(
            name=ProviderName.KAKAO,
            authorization_url=f"{kakao}/authorize",
            token_url=f"{kakao}/token",
            issuers=(_origin(kakao),),
            client_id=settings.kakao_client_id,
            client_secret=settings.kakao_client_secret,
        ),
        ProviderName.GOOGLE: Provider(
            name=ProviderName.GOOGLE,
            authorization_url=settings.google_authorization_url,
            token_url=f"{settings.google_oauth_base_url}/token",
            # Google documents both forms.
            issuers=(google_issuer, google_issuer.partition("://")[2]),
            client_id=settings.google_client_id,
            client_secret=settings.google_client_secret,
        ),
    }


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
