"""What a change of files can affect: `tierwright check --changed-since REV`."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from tierpolicies.engine.work import Changed
from tierwright.cli.failures import UsageError
from tierwright.cli.subjects import Subject
from tierwright.description.files import PLATFORM_FILE, policy_files
from tierwright.repository import Repository, RevisionError


@dataclass(frozen=True)
class Change:
    """Files of the checked folder that are not what they were in a revision, by their names in it.

    `everything` may be affected where the description changed, which decides what all files mean.
    """

    files: frozenset[str]
    everything: bool

    def affects(self, subject: Subject) -> bool:
        """Whether a finding about a folder may come, go or change."""
        below = f"{subject.below}/" if subject.below else ""
        return self.everything or any(name.startswith(below) for name in self.files)

    def worker(self, subject: Subject) -> Changed | None:
        """Who looks at what is affected; nobody in particular where that may be everything."""
        if self.everything or not isinstance(subject.folder, Path):
            return None
        held = (path.relative_to(subject.folder).as_posix() for path in subject.folder.rglob("*"))
        below = f"{subject.below}/" if subject.below else ""
        return Changed(frozenset(f"{below}{name}" for name in held if f"{below}{name}" not in self.files))


def change(revision: str, directory: Path, *, description: Path | None, everything: bool) -> Change:
    """What changed since a revision, in commits and in the folder itself.

    What own rules and definitions of kinds can affect is not known: where there are some, `everything`.

    Raises:
        UsageError: the folder is in no repository, or the revision is not in this clone.
    """
    repository = Repository.around(directory)
    if repository is None:
        raise UsageError(f"--changed-since asks git what changed, and {directory} is in no git repository")
    if not revision or revision.startswith("-"):
        raise UsageError(f"--changed-since {revision!r} is no revision; write for example origin/main")
    descriptions = [each / PLATFORM_FILE for each in directory.resolve().parents[:2]]
    if description is not None:
        descriptions.append(description)
    start = repository.prefix_of(directory)
    try:
        files = _differing(repository, revision, [directory])
        redescribed = _differing(repository, revision, descriptions)
    except RevisionError as error:
        raise UsageError(f"--changed-since {revision}: {error}") from error
    further = description is not None and bool(policy_files(description.parent))
    return Change(
        frozenset(name.removeprefix(start) for name in files), everything or further or bool(redescribed)
    )


def _differing(repository: Repository, revision: str, paths: Sequence[Path]) -> frozenset[str]:
    """The names of files that differ, were added or went, tracked or not."""
    inside = [path for path in paths if path.resolve().is_relative_to(repository.root)]
    names = [repository.name_of(path) or "." for path in inside]
    if not names:
        return frozenset()
    told = repository.ask("diff", "--name-only", "--no-renames", "-z", f"{revision}^{{commit}}", "--", *names)
    told += repository.ask("ls-files", "--others", "-z", "--", *names)
    return frozenset(os.fsdecode(name) for name in told.split(b"\0") if name)
