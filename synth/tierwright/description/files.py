"""Which files a description consists of. Imports next to nothing: "up to date" is answered from here."""

from __future__ import annotations

import re
from pathlib import Path

PLATFORM_FILE = "platform.yaml"
LOCK_FILE = "images.lock.yaml"
APP_FILES = "apps/*/app.yaml"
INSIDE = re.compile(r"(?!.*(^|/)\.\.?(/|$))[^/\s\x00-\x1f][^\x00-\x1f]*")
"""A path that leads from the project's folder to something in it."""


def policy_files(root: Path) -> list[Path]:
    """The files beside the description that decide how it is judged: own rules, and definitions of kinds.

    The description names them; one that names none, as a look at its bytes tells, is not even parsed.
    """
    try:
        content = (root / PLATFORM_FILE).read_bytes()
    except OSError:
        return []
    if b"policies" not in content and b"\\" not in content:  # an escape may spell anything
        return []
    from tierpolicies.documents.view import View  # noqa: PLC0415 - 20 ms
    from tierpolicies.documents.yaml_source import parse  # noqa: PLC0415

    policies = View(parse(content.decode(errors="replace"), file=PLATFORM_FILE).value)["policies"]
    named = [policies["rules"].text, *(path.text for path in policies["crds"])]
    return sorted({file for name in named if INSIDE.fullmatch(name) for file in _below(root / name)})


def _below(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [each for each in path.rglob("*") if "__pycache__" not in each.parts and not each.is_dir()]


def files(root: Path) -> list[Path]:
    """The files of the description below `root`, in a stable order, whether or not the fixed ones exist."""
    return [root / PLATFORM_FILE, root / LOCK_FILE, *sorted(root.glob(APP_FILES))]
