"""What the checked folder was in another revision, straight from git's objects."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.documents.reader import is_read
from tierpolicies.judgement import Base
from tierwright.cli.subjects import Subject, Subjects
from tierwright.repository import Repository, RevisionError

if TYPE_CHECKING:  # pydantic, 100 ms
    from tierpolicies.platform import Platform as Facts
    from tierwright.description.platform import Platform


@dataclass(frozen=True, slots=True)
class BaseTree:
    """The checked folder as it was: its files by their names in it, and the description of that time."""

    revision: str
    files: Mapping[str, bytes]
    head: Subjects
    platform: Platform | None

    def of(self, subject: Subject) -> Base:
        """The base of a folder that is judged now."""
        return self._environment(subject.below, subject.facts)

    def gone(self) -> Iterator[Base]:
        """The environments that were described and had files, and of which the folder has none any more."""
        now = {subject.below for subject in self.head.each}
        if now == {""}:
            return
        for name in self.platform.environments if self.platform is not None else ():
            if name not in now and any(file.startswith(f"{name}/") for file in self.files):
                yield self._environment(name, None)

    def _environment(self, below: str, facts: Facts | None) -> Base:
        files = {file: held for file, held in self.files.items() if not below or file.startswith(f"{below}/")}
        return Base(self.revision, files, self._facts(facts.environment if facts else below, facts))

    def _facts(self, environment: str, now: Facts | None) -> Facts | None:
        """The facts of that time; those of now where no description of that time tells any."""
        if self.platform is None or environment not in self.platform.environments:
            return now
        from tierwright.facts import facts

        return facts(self.platform, environment)


def base_tree(revision: str, directory: Path, head: Subjects) -> BaseTree:
    """The files and the description of a revision. A folder that is not there yet has no files.

    Raises:
        GitMissingError: there is no git.
        RevisionError: the folder is in no repository, or the revision is not in this clone.
        DescriptionError: the description of that time cannot be understood.
    """
    repository = Repository.around(directory)
    if repository is None:
        raise RevisionError(f"{directory} is in no git repository")
    checked = repository.name_of(directory)
    start = repository.prefix_of(directory)
    description = _inside(repository, head.description)

    def is_manifest(name: str) -> bool:
        return name == checked or (name.startswith(start) and is_read(name.removeprefix(start)))

    found = repository.files(
        revision,
        [checked, *([description] if description is not None else [])],
        wanted=lambda name: name == description or is_manifest(name),
    )
    files = {name.removeprefix(start): held for name, held in found.items() if is_manifest(name)}
    platform = None
    if head.description is not None and description is not None and description in found:
        from tierwright.description.loading import former_platform

        platform = former_platform(head.description, found[description])
    return BaseTree(revision, files, head, platform)


def _inside(repository: Repository, description: Path | None) -> str | None:
    """The description's name in the repository, where it is kept there."""
    if description is None or not description.resolve().is_relative_to(repository.root):
        return None
    return repository.name_of(description)
