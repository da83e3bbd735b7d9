"""`tierwright capacity`: whether everything has room, and where pods would go."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.capacity.live import Placed, read_nodes, read_pods, schedule
from tierpolicies.capacity.model.features import Features, features
from tierwright.cli import terminal
from tierwright.cli.failures import CLEAN, FINDINGS, UNREADABLE, UsageError
from tierwright.output.errors import OutputError, naming

if TYPE_CHECKING:
    from tierwright.cli.what_if import Answered

FORMATS = ("text", "json")


@dataclass(frozen=True)
class Live:
    """What the command line asked for of a cluster that runs."""

    nodes: Path
    pods: Path
    kubernetes: str | None
    seed: int


@dataclass(frozen=True)
class Request:
    """What the command line asked for of a platform with its manifests."""

    directory: Path
    platform: Path | None
    environments: Sequence[str]
    scenarios: Sequence[str]
    lose: Sequence[str]
    settings: Sequence[str]


def live(request: Live, *, format_: str) -> int:
    """Schedule the pods of one file on the nodes of another; 1 where a pod finds no node."""
    _require(format_)
    version = _version(request.kubernetes)
    nodes = read_nodes(_text(request.nodes), str(request.nodes))
    pods = read_pods(_text(request.pods), str(request.pods), version)
    placed = schedule(nodes, pods, version, seed=request.seed)
    if format_ == "json":
        terminal.write(json.dumps({"pods": [asdict(each) for each in placed]}, indent=2) + "\n")
    else:
        terminal.show(_placed(placed))
    return FINDINGS if any(each.node is None for each in placed) else CLEAN


def run(request: Request, *, format_: str) -> int:
    """Try a platform in every scenario, or in those asked for; 1 where one that must fit does not."""
    from tierwright.cli import what_if

    _require(format_)
    if not request.directory.exists():
        mend = "Name the folder that holds the manifests"
        raise OutputError(path=request.directory, reason="it does not exist", mend=mend)
    answered = what_if.answers(request)
    code = _code(answered, is_asked=bool(request.scenarios or request.lose))
    if format_ == "json":
        terminal.write(json.dumps(_json(answered, code), indent=2) + "\n")
    else:
        terminal.show("\n\n".join(what_if.page(each) for each in answered))
    for problem in chain.from_iterable(each.problems for each in answered):
        terminal.tell(problem)
    return code


def _require(format_: str) -> None:
    if format_ not in FORMATS:
        raise UsageError(f"unknown format {format_!r}; write text or json")


def _code(answered: Sequence[Answered], *, is_asked: bool) -> int:
    """What was asked for by name must fit; else what a platform must bear."""
    if any(each.problems for each in answered):
        return UNREADABLE
    missed = (row for each in answered for row in each.rows if not row.fits)
    return FINDINGS if any(is_asked or row.must_fit for row in missed) else CLEAN


def _json(answered: Sequence[Answered], code: int) -> dict[str, object]:
    verdict = {CLEAN: "fits", FINDINGS: "does-not-fit", UNREADABLE: "unreadable"}[code]
    rows = [
        {
            "environment": each.environment,
            "scenario": row.scenario,
            "title": row.title,
            "tier": row.tier,
            "verdict": row.answer.value,
            "nodes": row.nodes,
            "most_nodes": row.most_nodes,
            "nodes_needed": row.nodes_needed,
            "usd_month": row.usd_month,
            "reason": row.reason or None,
            "pending": list(row.pending),
        }
        for each in answered
        for row in each.rows
    ]
    problems = [problem for each in answered for problem in each.problems]
    return {"verdict": verdict, "exit": code, "scenarios": rows, "problems": problems}


def _version(wanted: str | None) -> Features:
    if wanted is not None and not re.fullmatch(r"v?\d+\.\d+(\..*)?", wanted):
        raise UsageError(f"--kubernetes-version {wanted!r} is no version; write for example 1.34")
    return features(wanted)


def _text(path: Path) -> str:
    with naming(path):
        return path.read_text(encoding="utf-8", errors="surrogateescape")


def _placed(placed: Sequence[Placed]) -> str:
    pending = [each for each in placed if each.node is None]
    lines = [f"{each.namespace}/{each.name}: {each.node or each.message}" for each in placed]
    count = f"{len(placed) - len(pending)} of {len(placed)} pods have a node"
    return "\n".join([*lines, f"{count}; {len(pending)} are pending." if pending else f"{count}."])
