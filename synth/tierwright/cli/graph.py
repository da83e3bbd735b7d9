"""`tierwright graph`: the platform as a Mermaid diagram, straight from the description."""

from __future__ import annotations

from pathlib import Path

from tierwright.cli import choice, terminal
from tierwright.cli.failures import CLEAN
from tierwright.compose.plan import Plan
from tierwright.description.loading import load
from tierwright.diagram import mermaid


def run(root: Path, environment: str | None) -> int:
    """Print the diagram of one environment; returns the exit code."""
    description = load(root)
    chosen = choice.environments([environment] if environment else [], description.platform.environments)
    terminal.write(f"{mermaid(Plan(description, chosen[0]))}\n")
    return CLEAN
