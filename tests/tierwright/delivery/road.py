"""A project on its road: a bare remote, clones of it, and a registry that takes its images."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from tests.servers.registry import Registry
from tests.shipped_project import copy_shipped
from tierwright.repository import environment

BUILT = ("auth", "waste")
"""The apps whose images are built here; the others' are built elsewhere."""
PERSON = {
    f"GIT_{role}_{part}": value
    for role in ("AUTHOR", "COMMITTER")
    for part, value in (("NAME", "minji"), ("EMAIL", "minji@example.org"))
}
TIERWRIGHT = [sys.executable, "-m", "tierwright"]
_SECONDS = 300


def run(folder: Path, command: Sequence[str | Path], **variables: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*map(str, command)],
        cwd=folder,
        env=environment() | PERSON | variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=_SECONDS,
    )


@dataclass(frozen=True)
class Clone:
    """Somebody's clone of the project."""

    root: Path
    variables: dict[str, str] = field(default_factory=dict)

    def git(self, *arguments: str) -> str:
        done = run(self.root, ["git", *arguments])
        assert done.returncode == 0, f"git {arguments}: {done.stderr}"
        return done.stdout.strip()

    def write(self, files: dict[str, str], *, message: str = "change") -> str:
        """Commit and push files; the commit."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.git("add", "--all")
        self.git("commit", "--quiet", f"--message={message}")
        self.git("push", "--quiet", "origin", "HEAD:main")
        return self.git("rev-parse", "HEAD")

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        done = run(self.root, [*TIERWRIGHT, *arguments], **self.variables | variables)
        assert "Traceback" not in done.stderr, done.stderr
        return done

    def release(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("release", "--env", "dev", *arguments, **variables)

    def start_release(self, *arguments: str) -> subprocess.Popen[str]:
        """A release that runs beside the test, in a group of processes of its own."""
        return subprocess.Popen(
            [*TIERWRIGHT, "release", "--env", "dev", *arguments],
            cwd=self.root,
            env=environment() | PERSON | self.variables,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


@dataclass(frozen=True)
class Road:
    """The remote, and what is pushed to it."""

    remote: Path
    folder: Path
    registry: Registry

    @classmethod
    def new(cls, folder: Path, registry: Registry) -> Road:
        """The shipped platform in a remote, with two apps whose images are a file each, never released."""
        project = folder / "project"
        copy_shipped(project)
        description = project / "platform.yaml"
        text, found = re.subn(
            r"(?m)^registry: .*", f"registry: {registry.host}/{folder.name}", description.read_text()
        )
        assert found == 1
        description.write_text(text)
        for app in BUILT:
            (project / f"apps/{app}/Containerfile").write_text(
                f"FROM scratch\nARG REVISION\nLABEL made=${{REVISION}}\nCOPY apps/{app} apps/shared /app/\n"
            )
            (project / f"apps/{app}/main.py").write_text(f"print({app!r})\n")
        (project / "apps/shared").mkdir()
        (project / "apps/shared/words.txt").write_text("hello\n")
        (project / ".containerignore").write_text("*\n!apps/**\napps/**/app.yaml\n")
        remote = folder / "remote.git"
        run(folder, ["git", "init", "--quiet", "--bare", "--initial-branch=main", remote])
        own = Clone(project)
        own.git("branch", "--quiet", "--move", "main")
        own.git("remote", "add", "origin", str(remote))
        own.write({}, message="two apps")
        return cls(remote, folder, registry)

    def clone(self, name: str = "clone", *options: str) -> Clone:
        done = run(self.folder, ["git", "clone", "--quiet", *options, f"file://{self.remote}", name])
        assert done.returncode == 0, done.stderr
        return Clone(self.folder / name, self.registry.variables)

    def git(self, *arguments: str) -> str:
        return Clone(self.remote).git(*arguments)

    @property
    def tip(self) -> str:
        return self.git("rev-parse", "main")

    def commits(self) -> list[str]:
        """The subjects on the branch, the newest first."""
        return self.git("log", "--format=%s", "main").splitlines()

    def lock(self, revision: str = "main") -> dict[str, dict[str, Any]]:
        images = yaml.safe_load(self.git("show", f"{revision}:images.lock.yaml"))["images"]
        return {name: dict(apps) for name, apps in images.items()}

    def dist(self, revision: str = "main") -> str:
        """The tree of dist."""
        return self.git("rev-parse", f"{revision}:dist")

    def hook(self, name: str, script: str) -> None:
        """A hook of the remote."""
        path = self.remote / "hooks" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)

    def assert_synthesized(self) -> None:
        """The tip's dist is what the tip's description makes, and its history is a line."""
        clone = self.clone(f"check-{self.tip[:8]}")
        done = clone.run("synth", "--check")
        assert done.returncode == 0, done.stdout
        assert self.git("log", "--min-parents=2", "--format=%H", "main") == ""


def program(folder: Path, before: str) -> Path:
    """A program called buildah that does something first, and then what buildah does."""
    folder.mkdir(parents=True)
    path = folder / "buildah"
    path.write_text(f'#!/bin/sh\nset -eu\n{before}\nexec {_buildah()} "$@"\n')
    path.chmod(0o755)
    return path


def _buildah() -> str:
    return next(
        f"{folder}/buildah"
        for folder in os.environ.get("PATH", os.defpath).split(os.pathsep)
        if os.access(f"{folder}/buildah", os.X_OK)
    )
