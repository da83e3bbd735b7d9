"""The keys that access tokens are signed with: read from a file, chosen by time, published as a JWK set.

The file is a JWK set (RFC 7517) of private Ed25519 keys, newest first. A key signs from its `nbf` on (seconds
since the epoch; without it, at once), and of several such keys the newest; all of them are published. So a
new key is known to every verifier before the first token is signed with it.
"""

from __future__ import annotations

import time
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

import jwt
import structlog
from pydantic import BaseModel, ConfigDict, Field, ValidationError

_LOOK_SECONDS = 10.0
_log = structlog.get_logger(__name__)
_Coordinate = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{43}$")]


class PublicKey(BaseModel):
    """The half that verifies (RFC 8037)."""

    model_config = ConfigDict(frozen=True)

    kty: Literal["OKP"] = "OKP"
    crv: Literal["Ed25519"] = "Ed25519"
    alg: Literal["EdDSA"] = "EdDSA"
    use: Literal["sig"] = "sig"
    kid: Annotated[str, Field(min_length=1, max_length=64, examples=["2026-11-24-5f0c9a1b"])]
    x: Annotated[_Coordinate, Field(examples=["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"])]


class PublicKeys(BaseModel):
    """A JWK set to verify access tokens with."""

    keys: list[PublicKey]


class PrivateKey(PublicKey):
    """The whole key.

    Attributes:
        nbf: seconds since the epoch from which it may sign.
    """

    d: Annotated[_Coordinate, Field(repr=False)]
    nbf: int = 0

    @property
    def public(self) -> PublicKey:
        """Without what signs."""
        return PublicKey(kid=self.kid, x=self.x)


class PrivateKeys(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True)

    keys: Annotated[tuple[PrivateKey, ...], Field(min_length=1)]

    @property
    def public(self) -> PublicKeys:
        """What verifiers need."""
        return PublicKeys(keys=[key.public for key in self.keys])

    def signing(self, now: float) -> PrivateKey:
        """The newest key that may sign at `now`.

        Raises:
            LookupError: none may yet.
        """
        for key in self.keys:
            if key.nbf <= now:
                return key
        raise LookupError("no key may sign yet: each one's `nbf` lies in the future")


class SigningKeysError(Exception):
    """The file of signing keys cannot be used."""


def read(path: Path) -> PrivateKeys:
    """The keys in `path`.

    Raises:
        SigningKeysError: there is no such file, or it holds no usable keys. Its text repeats nothing of them.
    """
    try:
        keys = PrivateKeys.model_validate_json(path.read_bytes())
        for key in keys.keys:
            jwt.PyJWK.from_dict(key.model_dump())
        keys.signing(time.time())
    except OSError as error:
        raise SigningKeysError(
            f"{path} cannot be read ({error.strerror}): mount the Secret signing-keys"
        ) from None
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"])
        raise SigningKeysError(
            f"{path} is no set of Ed25519 keys (at {place or 'its top'}: {fault['msg']}): make one by"
            " `python -m apps.auth.keys new`"
        ) from None
    except (jwt.PyJWTError, ValueError) as error:
        raise SigningKeysError(f"{path} holds a key that is none ({type(error).__name__})") from None
    except LookupError as error:
        raise SigningKeysError(f"{path}: {error}") from None
    return keys


@lru_cache(maxsize=4)
def _usable(key: PrivateKey) -> jwt.PyJWK:
    """The key as the library wants it, which takes longer to make than a signature."""
    return jwt.PyJWK.from_dict(key.model_dump())


class SigningKeys:
    """The keys of a mounted file, which is read again when it changes.

    Raises:
        SigningKeysError: the file cannot be used at start; later on the keys known before stay in use.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = read(path)
        self._stamp = self._stamped()
        self._looked = time.monotonic()

    @property
    def public(self) -> PublicKeys:
        """What is published."""
        return self._current().public

    def sign(self, claims: dict[str, object]) -> str:
        """`claims` as a compact JWS, by the newest key that may sign now."""
        key = self._current().signing(time.time())
        return jwt.encode(claims, _usable(key), algorithm=key.alg, headers={"kid": key.kid})

    def _current(self) -> PrivateKeys:
        if time.monotonic() - self._looked > _LOOK_SECONDS:
            self._looked = time.monotonic()
            try:
                stamp = self._stamped()
                if stamp != self._stamp:
                    self._keys, self._stamp = read(self._path), stamp
                    _log.info("signing keys were read again", keys=[key.kid for key in self._keys.keys])
            except (OSError, SigningKeysError) as error:
                _log.error("the signing keys could not be read again: the old ones stay", reason=str(error))
        return self._keys

    def _stamped(self) -> tuple[int, int]:
        status = self._path.stat()
        return status.st_mtime_ns, status.st_ino
