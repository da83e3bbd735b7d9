"""A workflow or an action as GitHub runs it: its `run` steps one after the other, by bash, with their env.

Steps that use an action are left to GitHub. Of expressions a test says what they are; one that it does not
name is an error, so that none is passed over.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.shipped_project import ROOT

WORKFLOWS = ROOT / ".github/workflows"
FILES = (*sorted(WORKFLOWS.glob("*.yml")), ROOT / "action.yml")
TEMPLATES = sorted((ROOT / "synth/tierwright/scaffold/templates/repository/.github/workflows").iterdir())
"""The workflows of a new repository; nothing is left open in them but where its registry is."""
_EXPRESSION = re.compile(r"\$\{\{\s*(.*?)\s*\}\}")
_SECONDS = 300


def load(path: Path) -> Any:
    return yaml.load(path.read_text(), Loader=yaml.BaseLoader)  # noqa: S506 - texts alone: `on` is no boolean


def jobs(path: Path) -> dict[str, Any]:
    """The jobs of a workflow; an action is one."""
    told = load(path)
    return dict(told["jobs"]) if "jobs" in told else {"action": told["runs"]}


def run_steps(path: Path, job: str) -> list[Any]:
    return [step for step in jobs(path)[job]["steps"] if "run" in step]


@dataclass
class Runner:
    """A machine on which steps run, in a folder, with variables that GitHub sets."""

    folder: Path
    scratch: Path
    variables: Mapping[str, str]
    expressions: Mapping[str, str] = field(default_factory=dict)
    told: dict[str, str] = field(default_factory=dict)
    """What each step printed, by its name."""

    def __post_init__(self) -> None:
        self.scratch.mkdir(parents=True, exist_ok=True)
        for name in ("path", "output", "summary"):
            (self.scratch / name).touch()

    def run(self, path: Path, job: str, *, after_failure: Sequence[str] = ()) -> dict[str, int]:
        """Run a job; each step's exit code. After a failure only the named steps run."""
        codes: dict[str, int] = {}
        for step in run_steps(path, job):
            name = step["name"]
            if any(codes.values()) and name not in after_failure:
                continue
            done = self._step(step, load(path).get("env", {}) | jobs(path)[job].get("env", {}))
            codes[name], self.told[name] = done.returncode, done.stdout + done.stderr
        return codes

    @property
    def outputs(self) -> dict[str, str]:
        lines = (self.scratch / "output").read_text().splitlines()
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    def _step(self, step: Any, around: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
        own = {name: self._filled(value) for name, value in {**around, **step.get("env", {})}.items()}
        given = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_OUTPUT": str(self.scratch / "output"),
            "GITHUB_PATH": str(self.scratch / "path"),
            "GITHUB_STEP_SUMMARY": str(self.scratch / "summary"),
            "GITHUB_WORKSPACE": str(self.folder),
            "RUNNER_TEMP": str(self.scratch),
            "PATH": os.pathsep.join([*self._path, os.environ["PATH"]]),
        }
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("GIT", "GH_"))}
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=self.folder,
            env=kept | given | dict(self.variables) | own,
            capture_output=True,
            text=True,
            check=False,
            timeout=_SECONDS,
        )

    @property
    def _path(self) -> list[str]:
        """Where programs are looked for first: what steps told, and the Python that was set up."""
        return [*(self.scratch / "path").read_text().splitlines(), str(Path(sys.executable).parent)]

    def _filled(self, text: str) -> str:
        return _EXPRESSION.sub(lambda found: self.expressions[found[1]], text)
