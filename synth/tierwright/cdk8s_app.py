"""The same app for people who run cdk8s's own command line: `python -m tierwright.cdk8s_app`.

`cdk8s synth` names the folder to write in `CDK8S_OUTDIR`. It gets the manifests of all
environments, byte for byte those of dist; the judge, its report and the inventory stay with
`tierwright synth`.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from tierwright.cli.failures import CLEAN, UsageError, finish
from tierwright.description.loading import load
from tierwright.output.swap import replace
from tierwright.output.tree import Tree
from tierwright.synthesis import generate

OUTPUT = "CDK8S_OUTDIR"


def run(root: Path, variables: Mapping[str, str]) -> int:
    """Write the manifests of the project at `root` where `CDK8S_OUTDIR` says; returns the exit code."""
    folder = _folder(root, variables.get(OUTPUT, ""))
    description = load(root)
    generated = generate(description, list(description.platform.environments), progress=lambda _: None)
    files = {
        f"{plan.name}/{path}": content
        for plan, rendered in generated
        for path, content in rendered.files.items()
    }
    replace(folder, Tree(files))
    return CLEAN


def _folder(root: Path, named: str) -> Path:
    if not named:
        raise UsageError(f"{OUTPUT} names no folder; run this through `npx cdk8s-cli synth`, which sets it")
    folder = (root / named).resolve()
    dist = (root / "dist").resolve()
    if folder.is_relative_to(dist) or root.resolve().is_relative_to(folder):
        raise UsageError(
            f"{OUTPUT}={named} would be emptied: set `output: .tierwright/cdk8s` in cdk8s.yaml,"
            " a folder that holds nothing else; dist is written by `tierwright synth`"
        )
    return folder


if __name__ == "__main__":
    finish(lambda: run(Path.cwd(), os.environ))
