"""Which files a description consists of. Imports next to nothing: "up to date" is answered from here."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tierpolicies.documents.view import View

PLATFORM_FILE = "platform.yaml"
LOCK_FILE = "images.lock.yaml"
APP_FILES = "apps/*/app.yaml"
INSIDE = re.compile(r"(?!.*(^|/)\.\.?(/|$))[^/\s\x00-\x1f][^\x00-\x1f]*")
"""A path that leads from the project's folder to something in it."""


def policy_files(root: Path) -> list[Path]:
    """The files beside the description that decide how it is judged: own rules, and definitions of kinds.

    The description names them; one that names none, as a look at its bytes tells, is not even parsed.
    """
    policies = _policies(root / PLATFORM_FILE)
    if policies is None:
        return []
    named = [policies["rules"].text, *(path.text for path in policies["crds"])]
    return sorted({file for name in named if INSIDE.fullmatch(name) for file in _below(root / name)})


def own_rules(platform: Path) -> Path | None:
    """The folder of the project's own rules, as far as a description names one."""
    policies = _policies(platform)
    name = policies["rules"].text if policies is not None else ""
    return platform.parent / name if INSIDE.fullmatch(name) else None


def _policies(platform: Path) -> View | None:
    try:
        content = platform.read_bytes()
    except OSError:
        return None
    if b"policies" not in content and b"\\" not in content:  # an escape may spell anything
        return None
    from tierpolicies.documents.view import View  # noqa: PLC0415 - 20 ms
    from tierpolicies.documents.yaml_source import parse  # noqa: PLC0415

    return View(parse(content.decode(errors="replace"), file=PLATFORM_FILE).value)["policies"]


def _below(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    return [each for each in path.rglob("*") if "__pycache__" not in each.parts and not each.is_dir()]


def files(root: Path) -> list[Path]:
    """The files of the description below `root`, in a stable order, whether or not the fixed ones exist."""
    return [root / PLATFORM_FILE, root / LOCK_FILE, *sorted(root.glob(APP_FILES))]
