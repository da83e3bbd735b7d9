"""`tierwright doctor`: what a cluster has, held against what dist needs, before the first sync."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.documents.reader import read
from tierwright.cli import terminal
from tierwright.cli.bootstrap import plan_of
from tierwright.cli.failures import CLEAN, FINDINGS, UsageError

if TYPE_CHECKING:
    from tierwright.cluster.lacks import Lack
    from tierwright.compose.plan import Plan


def run(root: Path, environment: str | None, *, nodes: Path | None, crds: Path | None, dist: Path) -> int:
    """Tell what is missing; returns the exit code: 1 if anything is."""
    if nodes is None and crds is None:
        raise UsageError("there is nothing to look at; give --nodes FILE, --crds FILE or both")
    plan = plan_of(root, environment)
    lacks = sorted(set(_lacks(plan, nodes=nodes, crds=crds, dist=dist)))
    terminal.show("\n".join(map(str, lacks)) if lacks else f"{plan.name}: the cluster has what dist needs")
    return FINDINGS if lacks else CLEAN


def _lacks(plan: Plan, *, nodes: Path | None, crds: Path | None, dist: Path) -> Iterator[Lack]:
    from tierwright.cluster import kind_check, node_check
    from tierwright.cluster.observed import observed

    if nodes is not None:
        yield from node_check.check(plan, observed(nodes, "Node", command="kubectl get nodes"))
    if crds is not None:
        folder = dist / plan.name
        if not folder.is_dir():
            raise UsageError(f"{folder} is not there; run `tierwright synth` first")
        command = "kubectl get customresourcedefinitions"
        definitions = observed(crds, "CustomResourceDefinition", command=command)
        yield from kind_check.check(plan, read(folder).manifests, definitions)
