"""From a pushed commit to a commit of its images and its dist: built, recorded, synthesized, pushed."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tierwright.delivery.changes import Buildable, Change, Changes, buildables
from tierwright.delivery.checkout import Checkout, RacedError
from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.lock import LockFile
from tierwright.delivery.promotion import Move, applied, recorded
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE
from tierwright.description.images import Image
from tierwright.description.loading import load_apps, load_platform
from tierwright.output import file
from tierwright.repository import Repository

SHORT = 12  # digits of a commit: unambiguous in any repository, and still read aloud
DIST = "dist"
_ROUNDS = 10
_PAUSE = 2.0  # seconds at most before each further round, so that two do not keep step


class Pushing(Protocol):
    """Whoever builds images and pushes them."""

    def pushed(self, project: Path, wanted: Buildable, image: str, *, revision: str, moment: str) -> str:
        """The digest that an app's image got."""


@dataclass(frozen=True)
class Release:
    """A release of the commit that is checked out to some environments.

    `synth` makes dist of the project in a folder, or raises DeliveryError; `told` gets a sentence for
    each thing done. The project is `below` the root of its repository.
    """

    environments: Sequence[str]
    remote: str
    branch: str
    below: str
    builder: Pushing
    synth: Callable[[Path], None]
    told: Callable[[str], None]

    def run(self, checkout: Checkout, source: str) -> str | None:
        """Release a commit; returns the commit that was pushed, or nothing where there was nothing to do.

        Images are pushed first, and what was pushed is recorded on top of whatever the branch is at by
        then: another push in between means to look again, to synthesize again and to commit again.

        Raises:
            DeliveryError: something refuses; the branch is as it was.
        """
        tip = checkout.fetched(self.remote, self.branch)
        if not checkout.repository.holds(tip, source):
            raise DeliveryError(
                f"{source[:SHORT]} is not on {self.remote}/{self.branch}; only what was pushed is released",
                "Push it first, or name its branch with --branch",
            )
        moves = self._built(checkout, source)
        for number in range(_ROUNDS):
            if number:
                time.sleep(random.uniform(0, _PAUSE))  # noqa: S311 - no secret
                tip = checkout.fetched(self.remote, self.branch)
                self.told(f"{self.branch} has moved to {tip[:SHORT]}: synthesizing again on top of it")
            checkout.reset(tip)
            made = self._committed(checkout, source, moves)
            if made is None:
                return None
            try:
                checkout.push(self.remote, self.branch)
            except RacedError:
                continue
            return made
        raise DeliveryError(
            f"{self.branch} of {self.remote} moved {_ROUNDS} times while this was synthesized",
            "Run this again; the images are pushed and will not be built again if nothing else changes",
        )

    def _built(self, checkout: Checkout, source: str) -> list[Move]:
        """What changes in the lock, once every image is pushed that has to be."""
        project = self._project(checkout)
        registry = load_platform(project / PLATFORM_FILE).registry
        moment = checkout.repository.ask("show", "--no-patch", "--format=%ct", source).decode().strip()
        tag = f"sha-{source[:SHORT]}"
        lock = LockFile.read(project)
        moves: list[Move] = []
        for change, environments in self._changed(checkout.repository, project, lock).items():
            self.told(str(change))
            app = change.buildable.app
            image = f"{registry}/{app}:{tag}"
            digest = self.builder.pushed(project, change.buildable, image, revision=source, moment=moment)
            moves += recorded(lock, app, Image(tag=tag, digest=digest), environments)
        return moves

    def _changed(
        self, repository: Repository, project: Path, lock: LockFile
    ) -> Mapping[Change, Sequence[str]]:
        """Every app that has to be built, once, with the environments that want it."""
        changes = Changes(repository, project)
        known = buildables(project, load_apps(project))
        found: dict[str, tuple[Change, list[str]]] = {}
        for environment in self.environments:
            for change in changes.against(lock.images, environment, known):
                found.setdefault(change.buildable.app, (change, []))[1].append(environment)
        return dict(found.values())

    def _committed(self, checkout: Checkout, source: str, moves: Sequence[Move]) -> str | None:
        """The commit on top of what is checked out; nothing where all is there already."""
        project = self._project(checkout)
        lock = LockFile.read(project)
        newer = [move for move in moves if not self._overtaken(checkout.repository, source, lock, move)]
        if any(newer):
            file.write(project / LOCK_FILE, applied(lock, newer).text())
        self.synth(project)
        paths = [f"{self.below}{name}" for name in (LOCK_FILE, DIST) if (project / name).exists()]
        made = checkout.committed(paths, self._message(source, [move for move in newer if move]))
        if made is not None:
            self.told(f"committed {made[:SHORT]}: {self._subject(newer)}")
        return made

    @staticmethod
    def _overtaken(repository: Repository, source: str, lock: LockFile, move: Move) -> bool:
        """Whether the lock names an image of a later commit by now: a release never goes back."""
        held = lock.images.get(move.environment, {}).get(move.app)
        if held is None or held.digest is None:
            return False
        commit = held.tag.removeprefix("sha-")
        return not source.startswith(commit) and repository.has(commit) and repository.holds(commit, source)

    def _subject(self, moves: Sequence[Move]) -> str:
        apps = sorted({str(move.app) for move in moves})
        if not apps:
            return "Synthesize dist"
        told = ", ".join(apps) if len(apps) <= 3 else f"{len(apps)} apps"
        return f"Release {told} to {', '.join(self.environments)}"

    def _message(self, source: str, moves: Sequence[Move]) -> str:
        """Its trailers name the commit that it was made from, and each image with where it runs now."""
        images = [
            f"Image: {move.environment} {move.app}:{move.after.tag}@{move.after.digest}" for move in moves
        ]
        return "\n".join([self._subject(moves), "", f"Source-Commit: {source}", *images])

    def _project(self, checkout: Checkout) -> Path:
        return checkout.repository.root / self.below
