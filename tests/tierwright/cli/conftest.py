"""Every command as a person runs it: a process in a copy of the shipped project."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.shipped_project import copy_shipped


@dataclass(frozen=True)
class Project:
    """A project in a folder of its own."""

    root: Path

    @property
    def dist(self) -> Path:
        return self.root / "dist"

    def run(
        self, *arguments: str | Path, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments),
            cwd=self.root,
            env=os.environ | (variables or {}),
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    @staticmethod
    def command(*arguments: str | Path) -> list[str]:
        return [sys.executable, "-c", "from tierwright.cli import main; main()", *map(str, arguments)]

    def files(self, folder: str = "dist") -> dict[str, bytes]:
        base = self.root / folder
        return {
            path.relative_to(base).as_posix(): path.read_bytes()
            for path in sorted(base.rglob("*"))
            if path.is_file()
        }

    def edit(self, path: str, old: str, new: str) -> None:
        file = self.root / path
        text = file.read_text()
        assert old in text, f"{path} has no {old!r}"
        file.write_text(text.replace(old, new))


@dataclass(frozen=True)
class FakeNode:
    """A program in the place of Node that only notes that it was started."""

    program: Path
    mark: Path

    @property
    def variables(self) -> dict[str, str]:
        return {"JSII_NODE": str(self.program)}

    @property
    def started(self) -> bool:
        return self.mark.exists()


@pytest.fixture
def no_node(tmp_path: Path) -> FakeNode:
    fake = FakeNode(tmp_path / "fake-node", tmp_path / "node-was-started")
    fake.program.write_text(f"#!/bin/sh\ntouch '{fake.mark}'\nexit 3\n")
    fake.program.chmod(0o755)
    return fake


@pytest.fixture(scope="session")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """The shipped project after its first synth. To be read only."""
    root = tmp_path_factory.mktemp("shipped") / "project"
    copy_shipped(root)
    project = Project(root)
    first = project.run("synth")
    assert first.returncode == 0, first.stdout + first.stderr
    (root / "first-synth.txt").write_text(first.stdout)
    return project


@pytest.fixture
def project(shipped: Project, tmp_path: Path) -> Project:
    """A copy of the shipped project, already synthesized, for a test to change."""
    root = tmp_path / "project"
    shutil.copytree(shipped.root, root, symlinks=True)
    return Project(root)
