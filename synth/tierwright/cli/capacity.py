"""`tierwright capacity`: whether everything has room, and where pods would go."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tierpolicies.capacity.live import Placed, read_nodes, read_pods, schedule
from tierpolicies.capacity.model.features import Features, features
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UsageError
from tierwright.output.errors import naming

FORMATS = ("text", "json")


@dataclass(frozen=True)
class Live:
    """What the command line asked for of a cluster that runs."""

    nodes: Path
    pods: Path
    kubernetes: str | None
    seed: int


def live(request: Live, *, format_: str) -> int:
    """Schedule the pods of one file on the nodes of another; 1 where a pod finds no node."""
    if format_ not in FORMATS:
        raise UsageError(f"unknown format {format_!r}; write text or json")
    version = _version(request.kubernetes)
    nodes = read_nodes(_text(request.nodes), str(request.nodes))
    pods = read_pods(_text(request.pods), str(request.pods), version)
    placed = schedule(nodes, pods, version, seed=request.seed)
    if format_ == "json":
        terminal.write(json.dumps({"pods": [asdict(each) for each in placed]}, indent=2) + "\n")
    else:
        terminal.show(_told(placed))
    return FINDINGS if any(each.node is None for each in placed) else CLEAN


def _version(wanted: str | None) -> Features:
    if wanted is not None and not re.fullmatch(r"v?\d+\.\d+(\..*)?", wanted):
        raise UsageError(f"--kubernetes-version {wanted!r} is no version; write for example 1.34")
    return features(wanted)


def _text(path: Path) -> str:
    with naming(path):
        return path.read_text(encoding="utf-8", errors="surrogateescape")


def _told(placed: Sequence[Placed]) -> str:
    pending = [each for each in placed if each.node is None]
    lines = [f"{each.namespace}/{each.name}: {each.node or each.message}" for each in placed]
    count = f"{len(placed) - len(pending)} of {len(placed)} pods have a node"
    return "\n".join([*lines, f"{count}; {len(pending)} are pending." if pending else f"{count}."])
