"""`tierwright bootstrap` and `kind`: scripts from a bare cluster, or from none, to the first sync."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from tierpolicies.documents.reader import read
from tierwright.cli import choice, terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.description.loading import load
from tierwright.node import node_chosen

if TYPE_CHECKING:
    from tierwright.compose.plan import Plan


def run(root: Path, environment: str | None, *, values: bool) -> int:
    """Print the script of one environment, or the values that it installs Argo CD with."""
    plan = plan_of(root, environment)
    with node_chosen():
        from tierwright.cluster import argocd
        from tierwright.cluster.bootstrap import bootstrap
    terminal.write(argocd.values(plan) if values else bootstrap(plan))
    return CLEAN


def kind(root: Path, environment: str | None) -> int:
    """Print the script that starts an environment on this machine."""
    plan = plan_of(root, environment)
    folder = root / "dist" / plan.name
    if not folder.is_dir():
        raise UsageError(f"dist/{plan.name} is not there; run `tierwright synth` first")
    with node_chosen():
        from tierwright.cluster import kind as cluster
    terminal.write(cluster.kind(plan, root, read(folder).manifests))
    return CLEAN


def plan_of(root: Path, environment: str | None) -> Plan:
    """One environment of the description: the one that is named, or the only one.

    Raises:
        UsageError: there is no such environment, or there are several and none is named.
        DescriptionError: the description cannot be understood.
    """
    description = load(root)
    known = description.platform.environments
    if environment is None and len(known) > 1:
        raise UsageError(f"--env names the cluster; write --env with one of {', '.join(known)}")
    (name,) = choice.environments([environment] if environment else [], known)
    with node_chosen():
        from tierwright.compose.plan import Plan
    return Plan(description, name)
