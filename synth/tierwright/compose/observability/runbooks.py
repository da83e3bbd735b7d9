"""Where people find the page of an alert: in the repository that Argo CD pulls, beside the manifests."""

from __future__ import annotations

import re

from tierwright.compose.plan import Plan

FOLDER = "runbooks"
_SSH = re.compile(r"(?:ssh://)?git@([^:/]+)[:/](.+)")


def address(plan: Plan) -> str:
    """The web address of the pages' folder; empty without a repository."""
    git = plan.platform.git
    if git is None:
        return ""
    url = str(git.url).removesuffix("/").removesuffix(".git")
    match = _SSH.fullmatch(url)
    if match:
        url = f"https://{match[1]}/{match[2]}"
    files = "-/blob" if "gitlab" in url else "blob"
    return f"{url}/{files}/{git.branch}/dist/{plan.name}/{FOLDER}"
