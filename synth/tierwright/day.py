"""The day on which a check happens: an input, so that an old commit gives its old result."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from tierwright.repository import GitMissingError, Repository, RevisionError


def commit_day(place: Path) -> date:
    """The date of the commit that a file or folder is checked out from; today's outside a repository."""
    repository = Repository.around(place)
    try:
        if repository is not None:
            question = ("-c", "log.showSignature=false", "log", "-1", "--format=%cs")
            return date.fromisoformat(repository.ask(*question).decode().strip())
    except (GitMissingError, RevisionError, ValueError):
        pass  # a repository without a commit, or one that git does not trust
    return datetime.now(UTC).date()
