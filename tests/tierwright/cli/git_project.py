"""A folder of manifests in a git repository of its own, for tests of what git has to do with a check."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from tierpolicies.report.model import Report
from tierwright.cli import check

TODAY = date(2026, 11, 20)

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata:
  name: {name}
  namespace: shop
data:
  answer: {value}
"""
"""Valid where the value is a text, refused where it is a number."""
PLATFORM = """\
platform: shop
tiers:
  api: {number: 1, priority: 1000, namespaces: {shop: {}}}
environments:
  prod:
    cluster: {kubernetes: "1.36"}
    pools: {small: {instance: t3.medium, labels: {tier: api}}}
    placement: {api: small}
  dev:
    cluster: {kubernetes: "1.36"}
    pools: {small: {cpu: "2", memory: 4Gi}}
    placement: {api: small}
"""
"""As little of a description as a check needs."""


def config(name: str, value: str = '"42"') -> str:
    return CONFIG.format(name=name, value=value)


@dataclass(frozen=True)
class GitProject:
    """A repository in a folder."""

    root: Path

    @classmethod
    def new(cls, root: Path, files: Mapping[str, str]) -> GitProject:
        """A repository with one commit on its branch `main`."""
        root.mkdir(parents=True)
        project = cls(root)
        project.git("init", "--quiet", "--template=", "--initial-branch=main")
        project.write(files)
        project.commit()
        return project

    def git(self, *arguments: str, day: str = "2026-11-20") -> str:
        moment = f"{day}T12:00:00+0000"
        hidden = {name for name in os.environ if name.startswith("GIT_")}
        variables = {name: value for name, value in os.environ.items() if name not in hidden}
        person = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "protocol.file.allow=always"]
        return subprocess.run(
            ["git", *person, *arguments],
            cwd=self.root,
            env=variables | {"GIT_COMMITTER_DATE": moment, "GIT_AUTHOR_DATE": moment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()

    def write(self, files: Mapping[str, str]) -> None:
        for name, text in files.items():
            (self.root / name).parent.mkdir(parents=True, exist_ok=True)
            (self.root / name).write_text(text, encoding="utf-8")

    def commit(self, *, day: str = "2026-11-20") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message=all", day=day)
        return self.git("rev-parse", "HEAD")

    def clone(self, to: Path, *options: str) -> GitProject:
        self.git("clone", "--quiet", *options, f"file://{self.root}", str(to))
        return GitProject(to)

    def run(
        self, *arguments: str | Path, given: str | None = None, variables: Mapping[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """`tierwright check …` as a process."""
        return subprocess.run(
            [sys.executable, "-c", "from tierwright.cli import main; main()", "check", *map(str, arguments)],
            cwd=self.root,
            env=os.environ | (variables or {}),
            input=given,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )

    def report(
        self,
        folder: str = "",
        *,
        base: str | None = None,
        platform: str | None = None,
        environments: tuple[str, ...] = (),
        today: date | None = TODAY,
        linked: bool = False,
    ) -> Report:
        """What a check finds, in this process."""
        request = check.Request(
            directory=self.root / folder,
            platform=self.root / platform if platform else None,
            environments=environments,
            base=base,
            today=today,
        )
        return check.report(request, linked=linked)
