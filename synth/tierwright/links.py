"""Where the files of a repository can be read on the web."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

from tierwright.event import Event
from tierwright.repository import GitMissingError, Repository, RevisionError

_REMOTE = re.compile(r"(?:\w+://)?(?:[^@/]*@)?(?P<host>[^/:@]+)(?::\d+)?[/:](?P<path>.+?)(?:\.git)?/?")
"""`https://host/owner/repo.git`, `git@host:owner/repo.git`, `ssh://git@host:22/owner/repo`; no password is
kept."""


def links(repository: Repository, variables: Mapping[str, str]) -> str:
    """The address of the files at the commit that is checked out, with a slash at its end; else empty.

    GitHub Actions tells it by environment variables, of which a pull request's own commit counts more
    than the merge that is checked out: it stays the same when the branch below moves. Elsewhere the
    remote called origin tells it, where that is GitHub or GitLab.
    """
    return _of_actions(repository, variables) or _of_remote(repository)


def _of_actions(repository: Repository, variables: Mapping[str, str]) -> str:
    server, name = variables.get("GITHUB_SERVER_URL", ""), variables.get("GITHUB_REPOSITORY", "")
    commit = Event.of(variables).text("pull_request", "head", "sha") or variables.get("GITHUB_SHA", "")
    workspace = variables.get("GITHUB_WORKSPACE", "")
    if workspace and not repository.root.is_relative_to(Path(workspace).resolve()):
        return ""  # another repository than the one that the run is about
    return f"{server}/{name}/blob/{commit}/" if server and name and commit else ""


def _of_remote(repository: Repository) -> str:
    try:
        remote = repository.ask("config", "--get", "remote.origin.url").decode().strip()
        commit = repository.ask("rev-parse", "--verify", "HEAD").decode().strip()
    except (RevisionError, GitMissingError, UnicodeDecodeError):
        return ""
    found = _REMOTE.fullmatch(remote)
    host = found["host"] if found else ""
    if found is None or not ("github" in host or "gitlab" in host):
        return ""
    return f"https://{host}/{found['path']}/{'-/' if 'gitlab' in host else ''}blob/{commit}/"
