"""`tierwright changed` and `tierwright release`: which images a commit changes, and their way into dist."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tierwright.cli import choice, terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.delivery.builder import Builder, available
from tierwright.delivery.changes import Changes, buildables
from tierwright.delivery.checkout import checkout
from tierwright.delivery.errors import DeliveryError
from tierwright.delivery.lock import LockFile
from tierwright.delivery.release import SHORT, Release
from tierwright.description.files import PLATFORM_FILE
from tierwright.description.loading import load_apps, load_platform
from tierwright.repository import Repository, RevisionError


@dataclass(frozen=True)
class Request:
    """What the command line asked for; what is empty is found out."""

    environments: Sequence[str]
    remote: str
    branch: str
    builder: str
    arguments: Sequence[str]
    options: Sequence[str]


def changed(root: Path, environments: Sequence[str]) -> int:
    """Print each app that has to be built, and why; returns the exit code."""
    repository = _repository(root)
    changes, known = Changes(repository, root), buildables(root, load_apps(root))
    lock = LockFile.read(root)
    for environment in _environments(root, environments):
        for change in changes.against(lock.images, environment, known):
            terminal.write(f"{environment}: {change}\n")
    return CLEAN


def run(root: Path, request: Request) -> int:
    """Release the commit that is checked out; returns the exit code.

    Raises:
        UsageError: it is not known what to release, or where to.
        DeliveryError: something refuses; the branch is as it was.
    """
    repository = _repository(root)
    source = _head(repository)
    release = Release(
        environments=_environments(root, request.environments),
        remote=request.remote,
        branch=request.branch or _branch(repository),
        below=repository.prefix_of(root),
        builder=Builder(
            request.builder or available(), _arguments(request.arguments), request.options, told=terminal.tell
        ),
        synth=_synth,
        told=terminal.tell,
    )
    with checkout(repository, source, waiting=terminal.tell) as scratch:
        made = release.run(scratch, source)
    told = f"pushed {made[:SHORT]} to {release.remote}/{release.branch}" if made else "nothing to release"
    terminal.write(f"{told}\n")
    return CLEAN


def _repository(root: Path) -> Repository:
    found = Repository.around(root)
    if found is None:
        raise UsageError(f"{root} is in no git repository, and only commits are released")
    return found


def _head(repository: Repository) -> str:
    try:
        return repository.commit("HEAD")
    except RevisionError:
        raise UsageError("there is no commit to release yet") from None


def _environments(root: Path, wanted: Sequence[str]) -> list[str]:
    known = list(load_platform(root / PLATFORM_FILE).environments)
    if not wanted and len(known) > 1:
        raise UsageError(f"--env names what is released to; write --env with one of {', '.join(known)}")
    return choice.environments(wanted, known)


def _branch(repository: Repository) -> str:
    """The branch that is checked out; a workflow says it where it checks out a commit alone."""
    try:
        return repository.ask("symbolic-ref", "--short", "HEAD").decode().strip()
    except RevisionError:
        if os.environ.get("GITHUB_REF_TYPE") == "branch" and (name := os.environ.get("GITHUB_REF_NAME")):
            return name
        raise UsageError("no branch is checked out; name the one to push to with --branch") from None


def _arguments(given: Sequence[str]) -> Mapping[str, str]:
    parted = [each.partition("=") for each in given]
    for name, equals, value in parted:
        if not name or not equals or not value:
            raise UsageError(f"--build-arg {name + equals!r} says nothing; write --build-arg NAME=VALUE")
    return {name: value for name, _, value in parted}


def _synth(project: Path) -> None:
    """Synthesize in a process of its own: a project's own rules change from commit to commit."""
    command = [sys.executable, "-m", "tierwright", "synth"]
    done = subprocess.run(command, cwd=project, stdout=sys.stderr, check=False)  # noqa: S603 - our own
    if done.returncode != CLEAN:
        raise DeliveryError(
            f"dist cannot be made (synth ended with {done.returncode}), so nothing was committed",
            "Mend what stands above and push the mend; the images that were pushed are built again then",
        )
