"""`tierwright bump`, `promote` and `images`: what runs, as the lock and dist say it."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from pydantic import ValidationError

from tierpolicies.documents.reader import read
from tierpolicies.engine.index import Index
from tierpolicies.workloads.images import parse
from tierwright.cli import choice, terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.delivery.lock import LockFile
from tierwright.delivery.promotion import Move, applied, promoted, recorded
from tierwright.delivery.release import SHORT
from tierwright.description.files import LOCK_FILE, PLATFORM_FILE
from tierwright.description.images import Image
from tierwright.description.loading import load_apps, load_platform
from tierwright.output import file
from tierwright.output.lock import locked
from tierwright.repository import Repository, RevisionError


def bump(root: Path, app: str, *, digest: str, tag: str | None, environments: Sequence[str]) -> int:
    """Record the image of an app that was pushed; returns the exit code."""
    known = list(load_platform(root / PLATFORM_FILE).environments)
    if not environments and len(known) > 1:
        raise UsageError(f"--env names where the image runs; write --env with one of {', '.join(known)}")
    chosen = choice.environments(environments, known)
    (name,) = choice.names("app", [app], load_apps(root))
    image = _image(tag or commit_tag(root), digest)
    return _change(root, lambda lock: recorded(lock, name, image, chosen))


def promote(root: Path, source: str, target: str, apps: Sequence[str]) -> int:
    """Let an environment run what another one runs; returns the exit code."""
    known = load_platform(root / PLATFORM_FILE).environments
    choice.environments([source, target], known)
    if source == target:
        raise UsageError(f"{source} runs what {source} runs; name another environment to promote to")
    chosen = choice.names("app", apps, load_apps(root))
    return _change(root, lambda lock: promoted(lock, source, target, chosen))


def listed(folder: Path, environments: Sequence[str], *, as_json: bool) -> int:
    """Print the images that pods of dist run, each once; returns the exit code.

    Those that were never released are in no registry yet and are told on stderr.
    """
    found: set[str] = set()
    for name in environments or sorted(each.name for each in folder.iterdir() if each.is_dir()):
        if not (folder / name).is_dir():
            raise UsageError(f"{folder} has no folder {name!r}; run `tierwright synth` first")
        for workload in Index(read(folder / name, root=folder).manifests).workloads:
            found |= {container["image"].text for container in workload.containers}
    unreleased = {each for each in found if (parsed := parse(each)).names_commit and not parsed.digest}
    images = sorted(found - unreleased - {""})
    for image in sorted(unreleased):
        terminal.tell(f"{image} was never released")
    terminal.write(json.dumps(images) + "\n" if as_json else "".join(f"{image}\n" for image in images))
    return CLEAN


def commit_tag(root: Path) -> str:
    """The tag of images that are built from the commit that is checked out.

    Raises:
        UsageError: there is no commit.
    """
    repository = Repository.around(root)
    try:
        if repository is not None:
            return f"sha-{repository.ask('rev-parse', 'HEAD').decode().strip()[:SHORT]}"
    except RevisionError:
        pass  # a repository without a commit
    raise UsageError("--tag is missing, and there is no commit that could tell it; write --tag sha-<commit>")


def _image(tag: str, digest: str) -> Image:
    try:
        return Image(tag=tag, digest=digest)
    except ValidationError as error:
        first = error.errors()[0]
        told = str(first["ctx"]["error"]).removesuffix(", or null")  # which a lock may say, and a release not
        raise UsageError(f"--{first['loc'][0]} {first['input']!r} {told}") from None


def _change(root: Path, wanted: Callable[[LockFile], Sequence[Move]]) -> int:
    with locked(root, waiting=terminal.tell):
        lock = LockFile.read(root)
        moves = wanted(lock)
        if any(moves):
            file.write(root / LOCK_FILE, applied(lock, moves).text())
    terminal.show("\n".join(str(move) for move in moves) or "no apps: nothing to promote")
    return CLEAN
