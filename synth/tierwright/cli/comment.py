"""`tierwright comment`: the report as one comment on a pull request, edited in place."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

from tierpolicies.report.markdown import MARKER
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.delivery.comment import post
from tierwright.delivery.github import GitHub, RefusedError
from tierwright.event import Event
from tierwright.output.errors import naming

API = "https://api.github.com"
_REPOSITORY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+")
_FORK = (
    "the pull request comes from a fork, whose runs may not comment:"
    " the report stands in the run's summary and annotations"
)


def run(file: Path, *, number: int | None, repository: str | None) -> int:
    """Post or update the comment; returns the exit code.

    Raises:
        UsageError: it is not known where to comment, or as whom.
        DeliveryError: GitHub refuses, or cannot be reached.
    """
    event = Event.of(os.environ)
    report = _read(file)
    wanted = number if number is not None else event.pull_request
    if wanted is None:
        raise UsageError("no pull request is known here; write --pull-request with its number")
    name = repository or os.environ.get("GITHUB_REPOSITORY", "")
    if not _REPOSITORY.fullmatch(name):
        raise UsageError(
            f"{name!r} is no repository; write --repository OWNER/NAME, or set GITHUB_REPOSITORY"
        )
    token = _token(os.environ)
    if any(character.isspace() or not character.isprintable() for character in token):
        raise UsageError("GITHUB_TOKEN holds blanks or line breaks: store it again without them")
    if not token and event.is_from_fork:
        return _skipped()
    if not token:
        raise UsageError("GITHUB_TOKEN is not set; in a workflow: env: GITHUB_TOKEN: ${{ github.token }}")
    github = GitHub((os.environ.get("GITHUB_API_URL") or API).rstrip("/"), token, told=terminal.tell)
    try:
        posted = post(github, name, wanted, report, marker=MARKER)
    except RefusedError as error:
        if error.status == 403 and event.is_from_fork:
            return _skipped()
        raise
    terminal.write(f"{posted.done} {posted.address}\n")
    return CLEAN


def _token(variables: Mapping[str, str]) -> str:
    return (variables.get("GITHUB_TOKEN") or variables.get("GH_TOKEN") or "").strip()


def _read(file: Path) -> str:
    if str(file) == "-":
        return sys.stdin.read()
    with naming(file):
        return file.read_text(encoding="utf-8", errors="replace")


def _skipped() -> int:
    terminal.write(f"not posted: {_FORK}\n")
    return CLEAN
