"""A git repository as a check needs it: the files of a revision, straight from its objects.

Nothing is checked out and nothing is written, so that a shallow clone and a worktree will do. It is
git itself that answers, 3 ms a question: importing GitPython alone would take 80 ms.
"""

from __future__ import annotations

import os
import posixpath
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

_LFS_POINTER = b"version https://git-lfs.github.com/spec/v1\n"
_ELSEWHERE = ("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX")
_WITHOUT_ASKING = {"GIT_TERMINAL_PROMPT": "0", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
_REGULAR, _LINK = b"100", b"120"  # how the modes of git's trees begin
WITHOUT_HOOKS = ("-c", f"core.hooksPath={os.devnull}")
"""What git is told where it is to run nothing of the clone's own."""
_LONGEST = 120  # seconds; a partial clone fetches what it lacks


class GitMissingError(Exception):
    """The program git is not on this machine."""

    def __init__(self) -> None:
        super().__init__(
            "git is missing, and only git can read a base: install it"
            " (Debian: apt-get install git; macOS: brew install git)"
        )


class RevisionError(Exception):
    """The files of a revision cannot be had; the message says why, and how they can be."""


@dataclass(frozen=True, slots=True)
class Repository:
    """A repository by the folder that is its work tree."""

    root: Path

    @classmethod
    def around(cls, path: Path) -> Repository | None:
        """The innermost repository that holds a file or folder, if there is one."""
        place = path.resolve()
        found = (each for each in (place, *place.parents) if (each / ".git").exists())
        root = next(found, None)
        return cls(root) if root is not None else None

    def name_of(self, path: Path) -> str:
        """The way from the repository's root to a path in it, as git writes it; empty for the root."""
        name = path.resolve().relative_to(self.root).as_posix()
        return "" if name == "." else name

    def prefix_of(self, path: Path) -> str:
        """The way from the repository's root to a folder, or to a file's folder, with a slash at its end."""
        place = path.resolve()
        name = self.name_of(place if place.is_dir() else place.parent)
        return f"{name}/" if name else ""

    def ask(
        self,
        *question: str,
        given: bytes | None = None,
        hooks: bool = True,
        variables: Mapping[str, str] | None = None,
    ) -> bytes:
        """What git answers; without `hooks` it runs none, and `variables` are added to its environment.

        Raises:
            GitMissingError: there is no git.
            RevisionError: git refuses, with its own reason.
        """
        try:
            answer = subprocess.run(  # noqa: S603 - the caller's fixed questions
                ["git", "--literal-pathspecs", *([] if hooks else WITHOUT_HOOKS), *question],  # noqa: S607
                cwd=self.root,
                env=environment() | dict(variables or {}),
                input=b"" if given is None else given,
                capture_output=True,
                check=True,
                timeout=_LONGEST,
            )
        except FileNotFoundError as error:
            raise GitMissingError from error
        except subprocess.CalledProcessError as error:
            raise RevisionError(_last_line(error.stderr)) from error
        except subprocess.TimeoutExpired as error:
            raise RevisionError(f"git gave no answer within {_LONGEST} s") from error
        return answer.stdout

    def commit(self, revision: str) -> str:
        """The whole name of a commit.

        Raises:
            GitMissingError: there is no git.
            RevisionError: it is not in this clone.
        """
        return self.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}").decode().strip()

    def has(self, revision: str) -> bool:
        """Whether a commit is in this clone."""
        return bool(self._answers("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"))

    def holds(self, revision: str, ancestor: str) -> bool:
        """Whether a commit is, or comes after, another one."""
        try:
            self.ask("merge-base", "--is-ancestor", ancestor, revision)
        except RevisionError:
            return False
        return True

    @property
    def is_shallow(self) -> bool:
        """Whether the history of this clone is cut off somewhere."""
        return self._answers("rev-parse", "--is-shallow-repository") == "true"

    def files(
        self, revision: str, paths: Sequence[str], *, wanted: Callable[[str], bool]
    ) -> dict[str, bytes]:
        """The files of a revision below some paths, by their names below the repository's root.

        A symbolic link reads as the file that it leads to, where that is one of them. Other links,
        submodules and files that LFS holds are passed over; a path that is not there has no files.
        `wanted` says of a name whether its content is needed.

        Raises:
            GitMissingError: there is no git.
            RevisionError: the revision or some of its objects are not in this clone.
        """
        try:
            below = () if "" in paths else paths  # for git the root is no path but everything
            listed = self.ask("ls-tree", "-r", "-z", "--full-tree", f"{revision}^{{commit}}", "--", *below)
        except RevisionError as error:
            raise RevisionError(self._why(revision, str(error))) from error
        files, links = _entries(listed, _REGULAR), _entries(listed, _LINK)
        links = {name: blob for name, blob in links.items() if wanted(name)}
        leads = self._contents(revision, sorted(set(links.values())))
        for name, blob in links.items():
            target = posixpath.normpath(posixpath.join(posixpath.dirname(name), os.fsdecode(leads[blob])))
            if target in files:
                files[name] = files[target]
        found = {name: blob for name, blob in files.items() if wanted(name)}
        held = self._contents(revision, sorted(set(found.values())))
        return {name: held[blob] for name, blob in found.items() if not held[blob].startswith(_LFS_POINTER)}

    def _contents(self, revision: str, blobs: Sequence[str]) -> dict[str, bytes]:
        if not blobs:
            return {}
        try:
            stream = self.ask("cat-file", "--batch", "--buffer", given="\n".join([*blobs, ""]).encode())
            return _parted(stream, blobs)
        except RevisionError as error:
            raise RevisionError(self._lacking(revision, str(error))) from error

    def _why(self, revision: str, reason: str) -> str:
        """Why a revision cannot be listed, and what would help."""
        if "dubious ownership" in reason or "safe.directory" in reason:
            return (
                "git does not trust the repository's owner:"
                f" run `git config --global --add safe.directory {self.root}`"
            )
        if "not a git repository" in reason:
            return f"{self.root} is no whole repository ({reason})"
        if self.has(revision):
            return self._lacking(revision, reason)
        return f"the commit {revision} is not in this clone: {self._meant(revision)}"

    @staticmethod
    def _lacking(revision: str, reason: str) -> str:
        return (
            f"objects of {revision} are missing in this clone ({reason}):"
            " fetch them with `git fetch --refetch origin`"
        )

    def _meant(self, revision: str) -> str:
        """The command that brings a revision, or the name that was probably meant."""
        is_shallow = self.is_shallow
        base = revision.partition("~")[0].partition("^")[0].partition("@{")[0]
        if base != revision and self.has(base):
            if is_shallow:
                return "its history is cut off: fetch it with `git fetch --unshallow origin`"
            return f"{base} is, but has no such ancestor"
        names = self._answers("for-each-ref", "--format=%(refname:short)").split()
        near = _nearest(base, names)
        depth = "--depth=1 " if is_shallow else ""
        remotes = self._answers("remote").split()
        command = f"git fetch {depth}{_source(base, remotes)}"
        return f"fetch it with `{command}`" + (f", or did you mean {near!r}?" if near else "")

    def _answers(self, *question: str) -> str:
        try:
            return self.ask(*question).decode(errors="replace").strip()
        except RevisionError:
            return ""


def environment() -> dict[str, str]:
    """The user's, but of no other repository than the one asked: git sets these for its hooks."""
    return {name: value for name, value in os.environ.items() if name not in _ELSEWHERE} | _WITHOUT_ASKING


def _last_line(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").strip().splitlines()
    fatal = [line.removeprefix("fatal: ") for line in lines if line.startswith("fatal: ")]
    return next(iter(fatal or lines[-1:]), "git gives no reason")


def _entries(listed: bytes, mode: bytes) -> dict[str, str]:
    """Names and objects of what has a mode, in what `ls-tree -z` prints."""
    entries = (entry.partition(b"\t") for entry in listed.split(b"\0") if entry)
    return {
        os.fsdecode(name): about.split()[2].decode() for about, _, name in entries if about.startswith(mode)
    }


def _parted(stream: bytes, blobs: Sequence[str]) -> dict[str, bytes]:
    """The contents in what `cat-file --batch` prints: a line `<object> blob <size>`, then that many bytes."""
    held: dict[str, bytes] = {}
    at = 0
    for blob in blobs:
        end = stream.find(b"\n", at)
        about = stream[at:end].split() if end >= 0 else []
        if about[1:2] != [b"blob"]:
            raise RevisionError(f"object {blob} is missing")
        size = int(about[2])
        held[blob] = stream[end + 1 : end + 1 + size]
        at = end + size + 2
    return held


def _nearest(name: str, known: Sequence[str]) -> str | None:
    from difflib import get_close_matches  # noqa: PLC0415 - only a mistake pays for it

    return next(iter(get_close_matches(name, known, n=1, cutoff=0.6)), None)


def _source(revision: str, remotes: Sequence[str]) -> str:
    """What `git fetch` needs to be told so that a revision is there afterwards, under its own name."""
    remote, slash, branch = revision.partition("/")
    if slash and remote in remotes:
        return f"{remote} +refs/heads/{branch}:refs/remotes/{remote}/{branch}"
    own = next(iter(remotes), "origin")
    is_commit = len(revision) in (40, 64) and all(letter in "0123456789abcdef" for letter in revision)
    return f"{own} {revision}" if is_commit else f"{own} {revision}:{revision}"
