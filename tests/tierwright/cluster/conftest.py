"""Scripts run by bash itself, with programs that note how they are called in the place of real ones."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from tierwright.compose.plan import Plan
from tierwright.description.loading import load

ROOT = Path(__file__).parents[3]

_NOTING = """\
#!{python} -IS
import json, os, sys
from pathlib import Path
call = [Path(sys.argv[0]).name, *sys.argv[1:]]
given = "" if sys.stdin.isatty() else sys.stdin.read()
held = [Path("/dev/fd/" + word.partition("/dev/fd/")[2]).read_text() for word in call if "/dev/fd/" in word]
with open({log!r}, "a") as log:
    log.write(json.dumps({{"call": call, "stdin": given, "read": held}}) + "\\n")
for answer in json.loads(Path({answers!r}).read_text()):
    if call[: len(answer["call"])] == answer["call"]:
        sys.stdout.write(answer["says"])
        sys.exit(answer["code"])
"""


@dataclass
class Machine:
    """A folder of noting programs; `answers` say what a call that begins so prints and ends with."""

    folder: Path
    answers: list[dict[str, Any]] = field(default_factory=list)

    def answer(self, *call: str, says: str = "", code: int = 0) -> None:
        self.answers.append({"call": list(call), "says": says, "code": code})

    def run(
        self,
        script: str,
        *,
        programs: tuple[str, ...],
        directory: Path = ROOT,
        variables: Mapping[str, str] = {},
    ) -> list[dict[str, Any]]:
        """Run a script to its end; every call of a program in order, with what it was given."""
        log, answers = self.folder / "calls", self.folder / "answers.json"
        answers.write_text(json.dumps(self.answers))
        log.touch()
        for name in programs:
            program = self.folder / name
            program.write_text(_NOTING.format(python=sys.executable, log=str(log), answers=str(answers)))
            program.chmod(0o755)
        path = f"{self.folder}{os.pathsep}{os.environ['PATH']}"
        done = subprocess.run(
            ["bash", "-c", script],
            cwd=directory,
            env=os.environ | {"PATH": path} | dict(variables),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        calls = [json.loads(line) for line in log.read_text().splitlines()]
        assert done.returncode == 0, (done.stderr, calls[-1:])
        return calls


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    folder = tmp_path / "programs"
    folder.mkdir()
    return Machine(folder)


@pytest.fixture(scope="session")
def prod() -> Plan:
    return Plan(load(ROOT), "prod")


@pytest.fixture(scope="session")
def dev() -> Plan:
    return Plan(load(ROOT), "dev")


@pytest.fixture(scope="session")
def live() -> Plan:
    """Another platform, on EKS."""
    return Plan(load(ROOT / "tests/platforms/orchard"), "live")
