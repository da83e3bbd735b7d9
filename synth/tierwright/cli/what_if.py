"""What-if questions about a platform: other numbers, lost nodes, scenarios by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.capacity.scenarios import nodes_gone
from tierpolicies.capacity.scenarios.scenario import Scenario
from tierpolicies.capacity.scenarios.table import Row, Stage, stage, table, worst_pairs
from tierpolicies.documents.reader import read
from tierpolicies.engine.index import Index
from tierpolicies.engine.suggestion import nearest
from tierpolicies.platform import Platform
from tierpolicies.report.scenarios import lines, reasons, tiers
from tierwright.cli.failures import UsageError
from tierwright.cli.subjects import Subject, subjects

if TYPE_CHECKING:
    from tierwright.cli.capacity import Request

_SETTING = re.compile(r"([^=]+)\.(\w+)=(\d{1,6})")
_OF_WORKLOAD = {"min": "min", "replicas": "min", "max": "max"}
_OF_POOL = ("nodes", "max_nodes")


@dataclass(frozen=True)
class Answered:
    """The rows of an environment, and what could not be counted, with its place."""

    environment: str
    rows: list[Row]
    problems: list[str]


def answers(request: Request) -> list[Answered]:
    """The answer for each environment of the folder."""
    found = subjects(request.directory, description=request.platform, environments=request.environments)
    return [_answer(request, each) for each in found.each]


def page(answered: Answered) -> str:
    """Scenarios by tier, then why what does not fit does not."""
    columns = tiers(answered.rows)
    rows = [("scenario", *columns), *((line.title, *line.cells) for line in lines(answered.rows))]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    told = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    return "\n".join([f"{answered.environment}:", *told, *reasons(answered.rows)])


def _answer(request: Request, subject: Subject) -> Answered:
    if subject.facts is None:
        raise UsageError(
            f"there is no description above {request.directory}, which would tell its nodes; "
            "name one with --platform, or nodes and pods with --nodes and --pods"
        )
    platform, changes = _changed(subject.facts, request.settings)
    folder = subject.folder if not isinstance(subject.folder, Mapping) else request.directory
    tree = read(folder, root=folder)
    tried = stage(Index(tree.manifests), platform, changes)
    known = {each.name for each in tried.sets}
    for name in changes:
        if name not in known:
            raise UsageError(f"--set names {name!r}, which makes no pods{nearest(name, known)}")
    rows = table(tried, _wanted(tried, request))
    return Answered(
        platform.environment, rows if request.scenarios else worst_pairs(rows), list(_problems(tried, folder))
    )


def _changed(platform: Platform, settings: Sequence[str]) -> tuple[Platform, dict[str, dict[str, int]]]:
    """The platform with other pools, and other numbers of pods by workload."""
    changes: dict[str, dict[str, int]] = {}
    for setting in settings:
        match = _SETTING.fullmatch(setting)
        if match is None:
            raise UsageError(f"--set {setting!r} is no setting; write for example ai-worker.max=20")
        name, key, number = match[1], match[2], int(match[3])
        pool = next((each for each in platform.pools if each.name == name), None)
        if pool is not None and key in _OF_POOL:
            nodes = number if key == "nodes" else pool.nodes
            most = number if key == "max_nodes" else pool.max_nodes
            changed = replace(pool, nodes=nodes, max_nodes=max(most, nodes))
            pools = tuple(changed if each is pool else each for each in platform.pools)
            platform = replace(platform, pools=pools)
        elif key in _OF_WORKLOAD:
            changes.setdefault(name, {})[_OF_WORKLOAD[key]] = number
        else:
            keys = [*_OF_WORKLOAD, *_OF_POOL]
            raise UsageError(
                f"--set {setting!r} sets nothing{nearest(key, keys)}; known are {', '.join(keys)}"
            )
    return platform, changes


def _wanted(tried: Stage, request: Request) -> list[Scenario]:
    """The scenarios asked for, each by its name or by the word that it begins with; else all."""
    every = list(tried.scenarios())
    chosen = [
        each
        for each in every
        if any(each.name == name or each.name.startswith(f"{name}:") for name in request.scenarios)
    ]
    for name in request.scenarios:
        if not any(each.name == name or each.name.startswith(f"{name}:") for each in every):
            names = [each.name for each in every]
            raise UsageError(
                f"there is no scenario {name!r}{nearest(name, names)}; known are {_brief(names)}"
            )
    if request.lose:
        known = [node.name for part in tried.parts for node in part.nodes({})]
        for name in request.lose:
            if name not in known:
                raise UsageError(
                    f"there is no node {name!r}{nearest(name, known)}; there are {', '.join(known)}"
                )
        chosen.append(nodes_gone.without(tried.parts, request.lose))
    return chosen if request.scenarios or request.lose else every


def _brief(names: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(f"{name.partition(':')[0]}:…" if ":" in name else name for name in names))


def _problems(tried: Stage, folder: Path) -> Iterator[str]:
    for each in tried.unknown:
        source = each.pool.source
        place = f"{source.file}:{source.line}:{source.column}: " if source is not None else ""
        yield f"{place}pool {each.pool.name}: {each.message}"
    for workload in tried.unreadable:
        manifest, at = workload.workload.manifest, workload.error.at
        line, column = manifest.position(at.pointer)
        yield f"{folder / manifest.file}:{line}:{column}: {workload.error} ({at.pointer})"
    if not any(each.workload is not None for each in tried.sets) and not tried.unreadable:
        yield "nothing to place: the folder holds no object that makes pods"
