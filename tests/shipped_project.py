"""The shipped description in a repository of its own, committed on a day that never changes."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[1]
_DAY = "2026-11-23T12:00:00+0000"  # expiries are judged by it, whenever this runs


def copy_shipped(root: Path) -> None:
    """Copy what people wrote, without dist, to the new folder `root`."""
    for source in (ROOT / "platform.yaml", ROOT / "images.lock.yaml", *ROOT.glob("apps/*/app.yaml")):
        target = root / source.relative_to(ROOT)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(source, target)
    (root / ".gitignore").write_text(".tierwright/\n")
    git = ["git", "-C", str(root), "-c", "user.name=a", "-c", "user.email=a@example.org"]
    day = os.environ | {"GIT_COMMITTER_DATE": _DAY, "GIT_AUTHOR_DATE": _DAY}
    subprocess.run([*git, "init", "--quiet", "--template="], check=True)
    subprocess.run([*git, "add", "."], check=True)
    subprocess.run([*git, "commit", "--quiet", "--message=all"], env=day, check=True)
