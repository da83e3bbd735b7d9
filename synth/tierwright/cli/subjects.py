"""What one check is about: folders, and what is known of the platform of each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tierwright.cli import choice
from tierwright.cli.failures import UsageError
from tierwright.description.files import PLATFORM_FILE

if TYPE_CHECKING:  # pydantic, 100 ms
    from tierpolicies.platform import Platform as Facts
    from tierwright.description.platform import Platform


@dataclass(frozen=True, slots=True)
class Subject:
    """A folder to judge by the facts of an environment, or by none; or files that are held in memory.

    `below` is its way from the folder that the check is about, which may hold several environments.
    """

    folder: Path | Mapping[str, bytes]
    facts: Facts | None = None
    below: str = ""


@dataclass(frozen=True, slots=True)
class Subjects:
    """Everything to judge; `description` is the file that it is described by, `platform` what that says."""

    each: Sequence[Subject]
    description: Path | None = None
    platform: Platform | None = None


def subjects(directory: Path, *, description: Path | None, environments: Sequence[str]) -> Subjects:
    """The folder, or the folders of environments in it.

    Raises:
        UsageError: an environment is asked for that is not known, or one has to be asked for.
        DescriptionError: the description cannot be understood.
    """
    file = description or _above(directory)
    if file is None:
        if environments:
            raise UsageError(f"--env needs a description; there is no {PLATFORM_FILE} above {directory}")
        return Subjects([Subject(directory)])
    from tierwright.description.loading import load_platform
    from tierwright.facts import facts

    platform = load_platform(file)
    chosen = choice.environments(environments, platform.environments)
    inside = [name for name in platform.environments if (directory / name).is_dir()]
    if inside:
        named = chosen if environments else inside
        each = [Subject(directory / name, facts(platform, name, root=file.parent), name) for name in named]
        return Subjects(each, file, platform)
    own = directory.resolve().name
    if own in chosen:
        chosen = [own]
    if len(chosen) > 1:
        raise UsageError(f"{directory} names no environment; choose one with --env: {', '.join(chosen)}")
    return Subjects([Subject(directory, facts(platform, chosen[0], root=file.parent))], file, platform)


def _above(directory: Path) -> Path | None:
    """The description of the project that a folder such as `dist` or `dist/prod` belongs to."""
    if not directory.is_dir():
        return None  # a file alone is no platform: all that others hold would seem to be missing
    found = (each / PLATFORM_FILE for each in directory.resolve().parents[:2])
    return next((file for file in found if file.is_file()), None)
