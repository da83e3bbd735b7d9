"""A scratch checkout of a clone: what a release builds and commits never touches the folder of a person.

It lies within the clone's git directory, always at the same place: so what a killed release left is found
and cleared.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tierwright.delivery.errors import DeliveryError
from tierwright.output.lock import locked
from tierwright.repository import WITHOUT_HOOKS, Repository, RevisionError, environment

_NOBODY = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "tierwright"), ("EMAIL", "tierwright@users.noreply.github.com"))
}
_RACED = re.compile(
    r"^!\t.*\t\[rejected\]"
    r"|^!\t.*\t\[remote rejected\] \((?:cannot lock ref|failed to update ref|incorrect old value)",
    re.MULTILINE,
)
_LONGEST_PUSH = 600  # seconds


class RacedError(Exception):
    """Somebody else pushed to the branch meanwhile."""


@dataclass(frozen=True)
class Checkout:
    """A work tree of its own at some commit of a clone."""

    repository: Repository
    owner: Repository

    def reset(self, commit: str) -> None:
        """Hold exactly the files of a commit."""
        self._change("reset", "--quiet", "--hard", commit)
        self._change("clean", "--quiet", "-d", "--force", "--force")

    def fetched(self, remote: str, branch: str) -> str:
        """The commit that a branch of a remote is at now.

        Raises:
            DeliveryError: the remote or the branch cannot be had.
        """
        name = f"refs/remotes/{remote}/{branch}"
        try:
            self._change("fetch", "--quiet", "--no-tags", remote, f"+refs/heads/{branch}:{name}")
        except RevisionError as error:
            raise DeliveryError(
                f"{branch} of {remote} cannot be fetched: {error}",
                "Check the remote, the name of the branch and the right to read it",
            ) from error
        return self.repository.commit(name)

    def committed(self, paths: Sequence[str], message: str) -> str | None:
        """A commit of some paths, as they stand; nothing where they stand as they did."""
        self._change("add", "--all", "--", *paths)
        if not self.repository.ask("diff", "--cached", "--name-only", "-z"):
            return None
        self._change("commit", "--quiet", "--no-verify", f"--message={message}")
        return self.repository.commit("HEAD")

    def push(self, remote: str, branch: str) -> None:
        """Push what is checked out; it must follow what the branch is at.

        Raises:
            RacedError: the branch is at something else by now.
            DeliveryError: the remote refuses, or cannot be reached.
        """
        try:
            done = subprocess.run(  # noqa: S603 - git's own words and checked names
                [  # noqa: S607 - git as the user has it
                    "git",
                    *WITHOUT_HOOKS,
                    "push",
                    "--porcelain",
                    "--no-verify",
                    remote,
                    f"HEAD:refs/heads/{branch}",
                ],
                cwd=self.repository.root,
                env=environment(),
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                timeout=_LONGEST_PUSH,
            )
        except subprocess.TimeoutExpired as error:
            raise DeliveryError(
                f"{remote} did not answer the push to {branch} within {_LONGEST_PUSH} s",
                "It may have taken it: look at the branch, then run again; what is there is not done twice",
            ) from error
        if done.returncode == 0:
            return
        if _RACED.search(done.stdout):
            raise RacedError
        told = [line.removeprefix("remote: ").strip() for line in done.stderr.splitlines() if line.strip()]
        refused = [line.partition("\t[remote rejected] ")[2] for line in done.stdout.splitlines()]
        reason = "; ".join([*filter(None, refused), *told[:6]]) or "git gives no reason"
        raise DeliveryError(
            f"{remote} does not take the push to {branch}: {reason}",
            "If the branch is protected, let whoever releases bypass that, or release to a branch of its own"
            " with --branch and merge that; nothing was changed there, so run again then",
        )

    def _change(self, *command: str) -> None:
        """A command of git that writes, as the user, or as nobody where git knows no user."""
        self.repository.ask(*command, hooks=False, variables=_identity(self.owner))


@contextmanager
def checkout(owner: Repository, commit: str, *, waiting: Callable[[str], None]) -> Iterator[Checkout]:
    """A scratch checkout of a commit, for the block; one at a time in a clone.

    Raises:
        RevisionError: the commit is not in this clone.
        OutputError: another release holds the clone, or the file system refuses.
    """
    folder = Path(os.fsdecode(owner.ask("rev-parse", "--git-common-dir")).strip())
    place = (owner.root / folder).resolve() / "tierwright"
    tree = place / "release"
    with locked(place, waiting=waiting):
        _clear(owner, tree)
        owner.ask("worktree", "add", "--quiet", "--force", "--detach", str(tree), commit, hooks=False)
        try:
            yield Checkout(Repository(tree), owner)
        finally:
            _clear(owner, tree)


def _clear(owner: Repository, tree: Path) -> None:
    shutil.rmtree(tree, ignore_errors=True)
    owner.ask("worktree", "prune")


def _identity(owner: Repository) -> dict[str, str]:
    """Nobody, where git does not know who commits or who wrote it."""
    try:
        for who in ("GIT_AUTHOR_IDENT", "GIT_COMMITTER_IDENT"):
            owner.ask("var", who)
    except RevisionError:
        return _NOBODY
    return {}
