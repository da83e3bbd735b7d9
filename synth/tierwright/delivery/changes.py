"""Which apps have to be built: those whose image would hold something else than what runs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from tierwright.delivery.containerfile import IGNORED, Containerfile, unused
from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.lock import Images
from tierwright.description.workloads import App
from tierwright.repository import Repository

NAME = "Containerfile"
BASE = "apps/Containerfile"
"""What the apps' images have in common, where they have: their build arguments are named as its stages."""


@dataclass(frozen=True)
class Buildable:
    """An app whose image is built here: `file` is its Containerfile, `base` what that may begin from."""

    app: str
    file: str
    own: Containerfile
    base: Containerfile | None = None

    @property
    def stages(self) -> tuple[str, ...]:
        """The stages of the base that its build wants as arguments."""
        known = self.base.stages if self.base is not None else ()
        return tuple(stage for stage in known if stage.upper() in self.own.arguments)

    @cached_property
    def files(self) -> tuple[str, ...]:
        """The files that say how it is built."""
        return (self.file, IGNORED, *([BASE] if self.stages else []))

    @property
    def sources(self) -> tuple[str, ...]:
        """The files and folders that it may hold."""
        return (*self.own.sources, *(self.base.sources if self.base is not None and self.stages else ()))


@dataclass(frozen=True)
class Change:
    """An app that has to be built, and why."""

    buildable: Buildable
    reason: str

    def __str__(self) -> str:
        return f"{self.buildable.app}: {self.reason}"


def buildables(root: Path, apps: Mapping[str, App]) -> list[Buildable]:
    """The apps that have a Containerfile beside their description; others are built elsewhere."""
    base = Containerfile.read(root / BASE) if (root / BASE).is_file() else None
    found = []
    for name, app in sorted(apps.items()):
        file = f"{app.origin.file.rpartition('/')[0]}/{NAME}"
        if (root / file).is_file():
            found.append(Buildable(str(name), file, Containerfile.read(root / file), base))
    return found


class Changes:
    """What the commit that is checked out holds that other commits did not."""

    def __init__(self, repository: Repository, root: Path) -> None:
        self._repository, self._prefix = repository, repository.prefix_of(root)
        ignored = root / IGNORED
        self._ignored = ignored.read_text(encoding="utf-8") if ignored.is_file() else ""
        self._known: dict[str, frozenset[str]] = {}

    def against(self, images: Images, environment: str, wanted: Iterable[Buildable]) -> Iterator[Change]:
        """The apps whose locked image was built from something else, or never.

        Raises:
            DeliveryError: the history is cut off before a commit that an image was built from.
        """
        locked = images.get(environment, {})
        for each in wanted:
            image = locked.get(each.app)
            if image is None or image.digest is None:
                yield Change(each, f"no image was released to {environment} yet")
                continue
            commit = image.tag.removeprefix("sha-")
            if not self._repository.has(commit):
                self._require_history(commit)
                yield Change(each, f"{image.tag}, of which its image is, is no commit of this repository")
            elif differing := self.since(commit, each):
                more = f" and {len(differing) - 1} more" if len(differing) > 1 else ""
                yield Change(each, f"{differing[0]}{more} changed since {image.tag}")

    def since(self, commit: str, buildable: Buildable) -> list[str]:
        """The files of an app's image that differ from what they were in a commit.

        Raises:
            RevisionError: the commit is not in this clone.
        """
        if commit not in self._known:
            told = self._repository.ask("diff", "--name-only", "--no-renames", "-z", commit, "HEAD", "--")
            files = (name.decode(errors="replace") for name in told.split(b"\0") if name)
            self._known[commit] = frozenset(
                name.removeprefix(self._prefix) for name in files if name.startswith(self._prefix)
            )
        names = self._known[commit]
        out = unused(names, ignored=self._ignored, sources=buildable.sources)
        return sorted(name for name in names if name not in out or name in buildable.files)

    def _require_history(self, commit: str) -> None:
        if self._repository.is_shallow:
            raise DeliveryError(
                f"the history of this clone is cut off before {commit}, so nobody knows what changed since",
                "Fetch it with `git fetch --unshallow`, in a workflow with fetch-depth: 0",
            )
