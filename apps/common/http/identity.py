"""Who is asking: access tokens, verified with public keys and held against the list of revoked ones."""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Annotated
from uuid import UUID

import jwt
import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from jwt import PyJWK, PyJWKSet, PyJWTError
from redis.asyncio import Redis

from apps.common.http.problems import UNAUTHORIZED, WWW_AUTHENTICATE, Problem
from apps.common.settings import TokenKeysSettings

_ALGORITHMS = ("EdDSA", "ES256", "RS256")
_REQUIRED = ["exp", "iat", "iss", "aud", "sub", "jti", "typ"]
_REMEMBERED = 10_000
_LONGEST = 4096
_KEYS_SECONDS = 10.0
_LEEWAY_SECONDS = 10
_CREDENTIALS = re.compile(r"bearer +([A-Za-z0-9._~+/-]+=*) *", re.IGNORECASE)
_log = structlog.get_logger(__name__)
bearer = HTTPBearer(auto_error=False, bearerFormat="JWT", description="An access token of auth-service.")


@dataclass(frozen=True, kw_only=True, slots=True)
class User:
    """Whose token it is.

    Attributes:
        token_id: `jti`, under which this one token is revoked.
        expires: seconds since the epoch.
    """

    id: UUID
    token_id: UUID
    expires: int

    @property
    def revocation_keys(self) -> tuple[str, str]:
        """The Redis keys one of which exists once the token, or all of the user's, are revoked."""
        return f"revoked:token:{self.token_id}", f"revoked:user:{self.id}"


def unauthorized(detail: str) -> Problem:
    """The problem of a caller whom we do not know (RFC 6750)."""
    return Problem(UNAUTHORIZED, detail, headers={WWW_AUTHENTICATE: 'Bearer error="invalid_token"'})


class TokenVerifier:
    """Verifies access tokens by the keys of a JWKS file, which is read again when it changes.

    A verified token is remembered until it expires, because a signature costs more than all the rest of a
    status request; whether it has been revoked is asked each time.
    """

    def __init__(self, settings: TokenKeysSettings) -> None:
        self._settings = settings
        self._keys: dict[str, PyJWK] = {}
        self._stamp: tuple[int, int] | None = None
        self._looked = 0.0
        self._known: OrderedDict[bytes, User] = OrderedDict()
        self._reload()

    def verify(self, token: str) -> User:
        """The user of `token`.

        Raises:
            Problem: 401, whatever is wrong with it: forged, expired, of another issuer, not an access token.
        """
        if len(token) > _LONGEST:
            raise unauthorized("The access token is too long to be one.")
        if time.monotonic() - self._looked > _KEYS_SECONDS:
            self._reload()
        digest = sha256(token.encode()).digest()
        user = self._known.get(digest)
        if user is None:
            user = self._verified(token)
            self._known[digest] = user
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        elif user.expires <= time.time():
            del self._known[digest]
            raise unauthorized("The access token has expired: refresh it.")
        return user

    def _verified(self, token: str) -> User:
        try:
            key = self._keys.get(str(jwt.get_unverified_header(token).get("kid")))
            if key is None or key.algorithm_name not in _ALGORITHMS:
                raise unauthorized("The access token is signed with a key that is not known here.")
            claims = jwt.decode(
                token,
                key,
                algorithms=[key.algorithm_name],
                audience=self._settings.token_audience,
                issuer=self._settings.token_issuer,
                leeway=_LEEWAY_SECONDS,
                options={"require": _REQUIRED},
            )
            if claims["typ"] != "access":
                raise unauthorized("This is not an access token.")
            return User(id=UUID(claims["sub"]), token_id=UUID(claims["jti"]), expires=int(claims["exp"]))
        except jwt.ExpiredSignatureError:
            raise unauthorized("The access token has expired: refresh it.") from None
        except (PyJWTError, ValueError, TypeError, AttributeError):
            raise unauthorized("The access token is not valid.") from None

    def _reload(self) -> None:
        self._looked = time.monotonic()
        path: Path = self._settings.token_keys_file
        try:
            status = path.stat()
            stamp = (status.st_mtime_ns, status.st_ino)
            if stamp == self._stamp:
                return
            found = PyJWKSet.from_json(path.read_text())
        except (OSError, PyJWTError, ValueError) as error:
            if not self._keys:
                raise SystemExit(
                    f"TOKEN_KEYS_FILE: {path} holds no usable public keys ({error}):"
                    " mount the Secret token-keys there"
                ) from error
            _log.error("the public keys could not be read again: the old ones stay", path=str(path))
            return
        self._keys = {str(key.key_id): key for key in found.keys}
        self._stamp = stamp
        # A key that is gone must not be trusted any longer through what was remembered of it.
        self._known.clear()


def access_token(request: Request) -> str:
    """What the request carries as access token (RFC 6750, section 2.1).

    Raises:
        Problem: 401, it carries none, or several: whoever looks at another one of them lets in somebody else.
    """
    headers = request.headers.getlist("authorization")
    found = _CREDENTIALS.fullmatch(headers[0]) if len(headers) == 1 else None
    if found is None:
        raise unauthorized("Send one access token: Authorization: Bearer …")
    return found[1]


async def current_user(
    request: Request,
    _: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],  # for the OpenAPI document
) -> User:
    """The dependency of every protected route: `app.state.tokens` verifies, `app.state.redis` revokes."""
    tokens: TokenVerifier = request.app.state.tokens
    redis: Redis = request.app.state.redis
    user = tokens.verify(access_token(request))
    if any(await redis.mget(user.revocation_keys)):
        raise unauthorized("The access token has been revoked: log in again.")
    return user


CurrentUser = Annotated[User, Depends(current_user)]
"""The type of a route's parameter that takes the verified caller."""
