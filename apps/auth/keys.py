"""`python -m apps.auth.keys new|rotate|public FILE`: makes, rotates and publishes the signing keys.

Rotating takes two Secrets and no hurry: `rotate` puts a new key first, which begins to sign after two hours;
store the file as Secret signing-keys, and what `public` prints as Secret token-keys (and keep the old keys in
both: `rotate` does). Secrets are copied to the cluster within an hour and to pods within two minutes, so by
then everybody can verify what the new key signs.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from base64 import urlsafe_b64encode
from collections.abc import Sequence
from pathlib import Path
from secrets import token_hex

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from apps.auth.signing import PrivateKey, PrivateKeys, SigningKeysError, read

KEPT = 3
"""Keys after a rotation: the new one, the one that signs, and the one before it."""

PUBLISHED_SECONDS = 2 * 3600
"""From a rotation until the new key signs."""


def new_key(*, signs_from: int = 0) -> PrivateKey:
    """A fresh key; `signs_from` in seconds since the epoch, 0 for at once."""
    private = Ed25519PrivateKey.generate()
    return PrivateKey(
        kid=f"{time.strftime('%Y-%m-%d', time.gmtime())}-{token_hex(4)}",
        x=_encoded(private.public_key().public_bytes_raw()),
        d=_encoded(private.private_bytes_raw()),
        nbf=signs_from,
    )


def rotated(keys: PrivateKeys, *, now: int, after: int) -> PrivateKeys:
    """`keys` with a new one first, which signs `after` seconds from `now`.

    A key that still waits for its time is replaced by the new one: two rotations in a row must not push out
    the key that signs.
    """
    waiting_no_more = [key for key in keys.keys if key.nbf <= now]
    fresh = new_key(signs_from=now + after)
    return PrivateKeys(keys=(fresh, *waiting_no_more[: KEPT - 1]))


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; answers its exit code, 1 with one line on stderr when it could not be done."""
    parser = argparse.ArgumentParser(
        prog="python -m apps.auth.keys", description="Signing keys of access tokens."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    for name, told in (
        ("new", "make FILE with one key, which signs at once"),
        ("rotate", "put a new key first in FILE, keeping two older ones"),
        ("public", "print the public keys of FILE, for the Secret token-keys"),
    ):
        command = commands.add_parser(name, help=told, description=told)
        command.add_argument("file", type=Path, metavar="FILE")
        if name == "rotate":
            command.add_argument(
                "--after",
                type=int,
                default=PUBLISHED_SECONDS,
                metavar="SECONDS",
                help="until the new key signs; 0 when the old one has leaked (default %(default)s)",
            )
    given = parser.parse_args(arguments)
    try:
        sys.stdout.write(_done(given))
    except (OSError, SigningKeysError) as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


def _done(given: argparse.Namespace) -> str:
    path: Path = given.file
    if given.command == "new":
        if path.exists():
            raise SigningKeysError(f"{path} exists: remove it, or rotate its keys instead")
        _write(path, PrivateKeys(keys=(new_key(),)))
        return f"{path}: store it as keys.json of the Secret signing-keys\n"
    keys = read(path)
    if given.command == "public":
        return keys.public.model_dump_json(indent=2) + "\n"
    _write(path, rotated(keys, now=int(time.time()), after=given.after))
    return f"{path}: store it as keys.json of the Secret signing-keys, and its public keys as token-keys\n"


def _write(path: Path, keys: PrivateKeys) -> None:
    """All or nothing, and readable by the owner alone."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(keys.model_dump_json(indent=2) + "\n")
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink()
        raise


def _encoded(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


if __name__ == "__main__":
    raise SystemExit(main())
