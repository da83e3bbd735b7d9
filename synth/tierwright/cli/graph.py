"""`tierwright graph`: the platform as a Mermaid diagram, straight from the description."""

from __future__ import annotations

from pathlib import Path

from tierwright.cli.failures import CLEAN, UsageError
from tierwright.compose.plan import Plan
from tierwright.description.loading import load
from tierwright.diagram import mermaid


def run(root: Path, environment: str | None) -> int:
    """Print the diagram of one environment; returns the exit code."""
    description = load(root)
    known = list(description.platform.environments)
    name = environment or known[0]
    if name not in known:
        raise UsageError(f"unknown environment {name!r}; the description has {', '.join(known)}")
    print(mermaid(Plan(description, name)))
    return CLEAN
