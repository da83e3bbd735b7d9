"""The day on which a check happens: an input, so that an old commit gives its old result."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path


def commit_day(root: Path) -> date:
    """The date of the commit that is checked out at `root`; today's date outside a repository."""
    try:
        answer = subprocess.run(  # noqa: S603 - a fixed question
            ["git", "-C", str(root), "log", "-1", "--format=%cs"],  # noqa: S607 - git as the user has it
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        return date.fromisoformat(answer.stdout.strip())
    except (OSError, subprocess.SubprocessError, ValueError):
        return datetime.now(UTC).date()
