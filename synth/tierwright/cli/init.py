"""`tierwright init`: a new GitOps repository, made and judged before anybody sees it."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from tierwright.cli import summary, terminal
from tierwright.cli.failures import CLEAN, UsageError
from tierwright.day import commit_day
from tierwright.description.loading import load
from tierwright.output.tree import Tree
from tierwright.output.tree import write as write_tree
from tierwright.scaffold.repository import EXAMPLE, NewRepository, beside, fault_of, write
from tierwright.synthesis import Synthesized, synthesize

_ADDRESS = re.compile(r"(https://|ssh://|git@)\S+")
_REGISTRY = re.compile(r"[a-z0-9.-]+(:\d+)?(/[a-z0-9._-]+)+")


def run(folder: Path, *, name: str | None, registry: str, git: str | None) -> int:
    """Make a repository in `folder`, which is new or empty; returns the exit code."""
    platform = name or folder.absolute().name
    if (fault := fault_of(platform)) is not None:
        raise UsageError(f"{platform!r} is not the name of a platform; {fault} (--name)")
    if _REGISTRY.fullmatch(registry) is None:
        raise UsageError(f"--registry {registry!r} is no place in a registry; write for example ghcr.io/you")
    address = git or f"https://github.com/{registry.partition('/')[2]}/{platform}.git"
    if _ADDRESS.fullmatch(address) is None:
        raise UsageError(
            f"--git {address!r} is no address of a repository; write for example https://…/x.git"
        )
    made = NewRepository(platform=platform, registry=registry, git=address)
    with beside(folder) as new:
        write(made.texts(), new)
        reports = _synthesized(new)
        verdict = "\n".join(summary.verdict(each, Path(folder, "dist")) for each in reports)
        if any(each.report.exit != CLEAN for each in reports):
            raise RuntimeError(f"a new repository is not clean, which is a fault of tierwright:\n{verdict}")
    terminal.show(
        f"{verdict}\n{folder} is a repository of its own now: platform {platform}, tier web, app {EXAMPLE}.\n"
        f"Argo CD will pull it from {address}, its images from {registry}: see platform.yaml.\n"
        f"next: cd {folder} && git init && git add . && git commit -m 'The platform begins'; see README.md"
    )
    return CLEAN


def _synthesized(new: Path) -> list[Synthesized]:
    """Make and judge dist, so that Argo CD has something to pull from the first commit on."""
    with terminal.progress() as progress:
        description = load(new)
        made = synthesize(
            description, list(description.platform.environments), today=commit_day(new), progress=progress
        )
    write_tree(
        Tree({f"{each.environment}/{name}": held for each in made for name, held in each.files.items()}),
        new / "dist",
    )
    shutil.rmtree(new / ".tierwright", ignore_errors=True)
    return made
