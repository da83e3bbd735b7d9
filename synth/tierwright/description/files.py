"""Which files a description consists of. Imports next to nothing: "up to date" is answered from here."""

from __future__ import annotations

from pathlib import Path

PLATFORM_FILE = "platform.yaml"
LOCK_FILE = "images.lock.yaml"
APP_FILES = "apps/*/app.yaml"


def files(root: Path) -> list[Path]:
    """The files of the description below `root`, in a stable order, whether or not the fixed ones exist."""
    return [root / PLATFORM_FILE, root / LOCK_FILE, *sorted(root.glob(APP_FILES))]
