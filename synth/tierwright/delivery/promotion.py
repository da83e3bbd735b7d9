"""Which images an environment runs next: a release records them, a promotion moves exactly those on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.lock import LockFile
from tierwright.description.files import LOCK_FILE
from tierwright.description.images import Image


@dataclass(frozen=True)
class Move:
    """What changes for one app of an environment; nothing where both images are the same."""

    environment: str
    app: str
    before: Image | None
    after: Image

    def __bool__(self) -> bool:
        return self.before is None or _identity(self.before) != _identity(self.after)

    def __str__(self) -> str:
        after = f"{self.after.tag} {self.after.digest}"
        if not self:
            return f"{self.environment}: {self.app} is {after} already"
        before = self.before.tag if self.before is not None else "nothing"
        return f"{self.environment}: {self.app} {before} → {after}"


def recorded(lock: LockFile, app: str, image: Image, environments: Sequence[str]) -> list[Move]:
    """The moves by which environments run an image that was pushed."""
    return [Move(name, app, lock.images.get(name, {}).get(app), image) for name in environments]


def promoted(lock: LockFile, source: str, target: str, apps: Sequence[str]) -> list[Move]:
    """The moves by which `target` runs what `source` runs, by the very digests.

    Raises:
        DeliveryError: an app has no digest in `source`: what was never pushed cannot be promoted.
    """
    held = lock.images.get(source, {})
    missing = [app for app in apps if app not in held or held[app].digest is None]
    if missing:
        raise DeliveryError(
            f"{', '.join(missing)}: no digest in {source}, as {LOCK_FILE} tells: nothing was released there",
            "Release first (`tierwright release`, or `tierwright bump APP --digest`),"
            " or name the apps to promote",
        )
    return [Move(target, app, lock.images.get(target, {}).get(app), held[app]) for app in apps]


def applied(lock: LockFile, moves: Sequence[Move]) -> LockFile:
    """The lock after some moves."""
    for move in moves:
        lock = lock.changed({move.environment: {move.app: move.after}})
    return lock


def _identity(image: Image) -> tuple[str, str | None]:
    return image.tag, image.digest
